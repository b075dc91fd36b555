/* The pair of `certdrop new upload`: a certificate, its issuer, its key and the passphrase. */
#ifndef CERTDROP_TESTS_FOREIGN_PAIR_H
#define CERTDROP_TESTS_FOREIGN_PAIR_H

#define PAIR_CERTIFICATE                                                                           \
  "-----BEGIN CERTIFICATE-----\n"                                                                  \
  "MIIB/jCCAaOgAwIBAgIQAPcoGEt6799NPmjAYU1SczAKBggqhkjOPQQDAjBGMQsw\n"                             \
  "CQYDVQQGEwJDTjEaMBgGA1UECgwRRXhhbXBsZSBBdXRob3JpdHkxGzAZBgNVBAMM\n"                             \
  "EkV4YW1wbGUgSXNzdWluZyBDQTAeFw0yNjExMjMxNTIwMjZaFw0zNjExMTkxNTIw\n"                             \
  "MjZaMCAxHjAcBgNVBAMMFW9sZC1zaG9wLmV4YW1wbGUudGVzdDBZMBMGByqGSM49\n"                             \
  "AgEGCCqGSM49AwEHA0IABExMdMm5GaCFXVMF6Gt7u0a9qBtykmr4TIRFGJ9zlKVp\n"                             \
  "lLWhfZRsOyU6JnwK/j7vXieFEY0wtzR+OQmkuTZ6wE6jgZgwgZUwIAYDVR0RBBkw\n"                             \
  "F4IVb2xkLXNob3AuZXhhbXBsZS50ZXN0MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/\n"                             \
  "BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBRLdUbYdEk8GzV8\n"                             \
  "+EuXmv2CxDcpuDAfBgNVHSMEGDAWgBTAed3TupakNL/SMxe6m8wYaXLXaTAKBggq\n"                             \
  "hkjOPQQDAgNJADBGAiEAiZFviugW9nqKJ4seUA0I4n7HDsp4svx9OEAMsXML2rkC\n"                             \
  "IQCVOOWSgnyDpxUCD6G9+kDHjWHq2tWTQXFumszyjpnLSA==\n"                                             \
  "-----END CERTIFICATE-----\n"
#define PAIR_ISSUER                                                                                \
  "-----BEGIN CERTIFICATE-----\n"                                                                  \
  "MIIB9TCCAZqgAwIBAgIUH+bE0D0FarJqsO/TDmmm4I5lQ9kwCgYIKoZIzj0EAwIw\n"                             \
  "RjELMAkGA1UEBhMCQ04xGjAYBgNVBAoMEUV4YW1wbGUgQXV0aG9yaXR5MRswGQYD\n"                             \
  "VQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjYxMTIzMTUxOTMyWhcNMzYxMTIw\n"                             \
  "MTUxOTMyWjBGMQswCQYDVQQGEwJDTjEaMBgGA1UECgwRRXhhbXBsZSBBdXRob3Jp\n"                             \
  "dHkxGzAZBgNVBAMMEkV4YW1wbGUgSXNzdWluZyBDQTBZMBMGByqGSM49AgEGCCqG\n"                             \
  "SM49AwEHA0IABOhkcJDyBrLorHIPKOKNhMS5edanjHl9QT0S1nphWfc0ms2CnvF6\n"                             \
  "UzJQ3a+rF6WelZXsUzHicv7uHkNAWP2mVuSjZjBkMB0GA1UdDgQWBBTAed3Tupak\n"                             \
  "NL/SMxe6m8wYaXLXaTAfBgNVHSMEGDAWgBTAed3TupakNL/SMxe6m8wYaXLXaTAS\n"                             \
  "BgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNJ\n"                             \
  "ADBGAiEAiNKVWGR/K5T+qR/UdcByLBTHcSoS23v7/d8KGNJuJlcCIQCzSHCb5ujK\n"                             \
  "kWzqtDrare0Vw1Ipm/hOGFADWZtleYkyrw==\n"                                                         \
  "-----END CERTIFICATE-----\n"
#define PAIR_KEY                                                                                   \
  "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"                                                        \
  "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhY9K2wGg8m8QICCAAw\n"                             \
  "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIdP9/JveBM7VqmwckXEdZgEgZA7\n"                             \
  "SPaADZtBygWpuWN8AENhT3fEvjcUtpVfujTghDMs6xA1BQZVEXVDa0JfCLm91ijv\n"                             \
  "lk8RnieujQyyA1Y3+uWEWfwW1BC9JFX4H+MD+OW3Vyp9hcixK1klUVUXV7sId5dy\n"                             \
  "eZScFTbYHAlDVcyjsEhs6/fx3a0YOys3PaJTI7hawo8/Al2GgtRIjcq+a+297wY=\n"                             \
  "-----END ENCRYPTED PRIVATE KEY-----\n"
#define PAIR_PASSPHRASE "example"

#endif
