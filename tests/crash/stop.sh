#!/bin/sh
# Killed at each durable step.
exec "$(dirname "$0")/steps.sh" stop
