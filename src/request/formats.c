#include "request/formats.h"

#include <string.h>

const RequestFormatInfo request_formats[REQUEST_FORMAT_N] = {
    [REQUEST_FORMAT_PEM] = {"pem", "PEM files", FALSE, NULL},
    [REQUEST_FORMAT_NGINX] = {"nginx", "nginx", FALSE, NULL},
    [REQUEST_FORMAT_APACHE] = {"apache", "Apache HTTP Server", FALSE, NULL},
    [REQUEST_FORMAT_TOMCAT] = {"tomcat", "Tomcat", TRUE, "modern"},
    [REQUEST_FORMAT_IIS] = {"iis", "IIS", TRUE, "compatible"},
    [REQUEST_FORMAT_HAPROXY] = {"haproxy", "HAProxy", FALSE, NULL},
    [REQUEST_FORMAT_JKS] = {"jks", "Java keystore", TRUE, NULL},
};

RequestFormat request_format_from_name(const char *name)
{
  for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++)
    if (strcmp(request_formats[format].name, name) == 0)
      return format;
  return 0;
}
