/* The forms in which an issued certificate is handed out, in one list; outbox/
 * fills its own array by it, with how each is built. */
#ifndef CERTDROP_REQUEST_FORMATS_H
#define CERTDROP_REQUEST_FORMATS_H

#include <glib.h>

typedef enum {
  REQUEST_FORMAT_PEM = 1,
  REQUEST_FORMAT_NGINX,
  REQUEST_FORMAT_APACHE,
  REQUEST_FORMAT_TOMCAT,
  REQUEST_FORMAT_IIS,
  REQUEST_FORMAT_HAPROXY,
  REQUEST_FORMAT_JKS,
  REQUEST_FORMAT_N
} RequestFormat;

typedef struct {
  const char *name;    /* of the contract: "nginx" */
  const char *title;   /* for people: "nginx" */
  gboolean keystore;   /* a store of the key with its certificate, under a password: there is
                          none where the key stayed with the applicant */
  const char *profile; /* how its PFX is encrypted unless asked: "modern"; NULL: it is no PFX */
} RequestFormatInfo;

/* By RequestFormat; row 0 is empty. */
extern const RequestFormatInfo request_formats[REQUEST_FORMAT_N];

/* The format called NAME, or 0. */
RequestFormat request_format_from_name(const char *name);

/* The format made on issue where the application names none. */
#define REQUEST_FORMAT_DEFAULT REQUEST_FORMAT_PEM

#endif
