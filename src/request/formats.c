#include "request/formats.h"

#include <string.h>

const RequestFormatInfo request_formats[REQUEST_FORMAT_N] = {
    [REQUEST_FORMAT_PEM] = {"pem", "PEM files", TRUE},
    [REQUEST_FORMAT_NGINX] = {"nginx", "nginx", TRUE},
    [REQUEST_FORMAT_APACHE] = {"apache", "Apache HTTP Server", FALSE},
    [REQUEST_FORMAT_TOMCAT] = {"tomcat", "Tomcat", FALSE},
    [REQUEST_FORMAT_IIS] = {"iis", "IIS", FALSE},
    [REQUEST_FORMAT_HAPROXY] = {"haproxy", "HAProxy", FALSE},
    [REQUEST_FORMAT_JKS] = {"jks", "Java keystore", FALSE},
};

RequestFormat request_format_from_name(const char *name)
{
  for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++)
    if (strcmp(request_formats[format].name, name) == 0)
      return format;
  return 0;
}
