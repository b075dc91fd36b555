#!/bin/sh
# A full disk at each durable step.
exec "$(dirname "$0")/steps.sh" fail
