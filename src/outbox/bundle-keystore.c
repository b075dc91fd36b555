/* The formats that are one store of key, certificate and chain under a password. */
#include "outbox/outbox-private.h"

#include <string.h>

#define KEYSTORE_PASSWORD_PURPOSE                                                                  \
  "the password of the keystore, on one line. Who has both files has the key: keep them secret"

/* Why the PFX is encrypted as it is, and what to do where that does not fit. */
static void add_profile(cmark_node *document, const char *file, PkiPfxProfile profile)
{
  if (profile == PKI_PFX_PROFILE_MODERN)
    outbox_markdown_add_paragraph(
        document, "", file, " is encrypted with AES-256, and authenticated with SHA-256 (profile ",
        "modern",
        "). Windows Server 2016, Java before 8u301 and macOS cannot read that and say "
        "that the password is wrong: for them, ask for the archive again with ",
        "profile=\"compatible\"", ".");
  else
    outbox_markdown_add_paragraph(
        document, "", file, " is encrypted with 3DES, and authenticated with SHA-1 (profile ",
        "compatible",
        "), since Windows Server 2016, Java before 8u301 and macOS read nothing "
        "newer. Its password is random and long, which makes up for it. Where all "
        "that reads it is newer, ask for the archive again with ",
        "profile=\"modern\"", ": AES-256 and SHA-256.");
}

/* ---- tomcat ------------------------------------------------------------- */

static void tomcat_explain(cmark_node *document, const char *folder, PkiPfxProfile profile,
                           OutboxShape shape G_GNUC_UNUSED)
{
  g_autofree char *rights =
      g_strdup_printf("chown tomcat: %s/keystore.p12 %s/password.txt\n", folder, folder);
  g_autofree char *lines = g_strdup_printf(
      "<Connector port=\"8443\" protocol=\"org.apache.coyote.http11.Http11NioProtocol\"\n"
      "           SSLEnabled=\"true\" scheme=\"https\" secure=\"true\">\n"
      "  <SSLHostConfig>\n"
      "    <Certificate certificateKeystoreFile=\"%s/keystore.p12\"\n"
      "                 certificateKeystoreType=\"PKCS12\"\n"
      "                 certificateKeystorePasswordFile=\"%s/password.txt\"/>\n"
      "  </SSLHostConfig>\n"
      "</Connector>\n",
      folder, folder);
  outbox_markdown_add_paragraph(document, "Let the user that Tomcat runs as read them, here ",
                                "tomcat", ":");
  outbox_markdown_add_code(document, "sh", rights);
  outbox_markdown_add_paragraph(document, "Put this connector into ", "conf/server.xml", ":");
  outbox_markdown_add_code(document, "xml", lines);
  outbox_markdown_add_paragraph(document, "A Tomcat of before the middle of 2023 does not know ",
                                "certificateKeystorePasswordFile", ": write ",
                                "certificateKeystorePassword", " instead, with what stands in ",
                                "password.txt", ". Then restart Tomcat.");
  add_profile(document, "keystore.p12", profile);
}

static const OutboxMember tomcat_members[] = {
    {"keystore.p12",
     {OUTBOX_PIECE_KEYSTORE},
     "a keystore (PKCS 12) with the private key, its certificate and the authority's that issued "
     "it",
     0},
    {"password.txt", {OUTBOX_PIECE_PASSWORD, OUTBOX_PIECE_LINE_END}, KEYSTORE_PASSWORD_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

#define KEYSTORE_RENEWAL                                                                           \
  "The next one comes in an archive with files of the same names, and a password of its own: put " \
  "both files in the place of these before that day, and restart the server."

const OutboxFormat outbox_format_tomcat = {tomcat_members, tomcat_explain, FALSE, NULL,
                                           KEYSTORE_RENEWAL};

/* ---- iis ---------------------------------------------------------------- */

static void iis_explain(cmark_node *document, const char *folder G_GNUC_UNUSED,
                        PkiPfxProfile profile, OutboxShape shape G_GNUC_UNUSED)
{
  outbox_markdown_add_paragraph(
      document,
      "In PowerShell as an administrator, in the folder of the unpacked files. The first two "
      "commands import the certificate with its key into the computer's store:");
  outbox_markdown_add_code(
      document, "powershell",
      "$password = ConvertTo-SecureString (Get-Content password.txt) -AsPlainText -Force\n"
      "$certificate = Import-PfxCertificate -FilePath certificate.pfx "
      "-CertStoreLocation Cert:\\LocalMachine\\My -Password $password |\n"
      "  Where-Object HasPrivateKey\n");
  outbox_markdown_add_paragraph(document, "These bind it to a site, here ", "Default Web Site",
                                ". Leave out the first one where the site has an https binding "
                                "already:");
  outbox_markdown_add_code(document, "powershell",
                           "New-WebBinding -Name \"Default Web Site\" -Protocol https -Port 443\n"
                           "(Get-WebBinding -Name \"Default Web Site\" -Protocol https)."
                           "AddSslCertificate($certificate.Thumbprint, \"My\")\n");
  outbox_markdown_add_paragraph(
      document, "In IIS Manager the same is: Server Certificates, Import, then Bindings of the "
                "site. Afterwards delete both files: the key is in the store.");
  add_profile(document, "certificate.pfx", profile);
}

static const OutboxMember iis_members[] = {
    {"certificate.pfx",
     {OUTBOX_PIECE_KEYSTORE},
     "a PFX (PKCS 12) with the private key, its certificate and the authority's that issued it",
     0},
    {"password.txt", {OUTBOX_PIECE_PASSWORD, OUTBOX_PIECE_LINE_END}, KEYSTORE_PASSWORD_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_iis = {
    iis_members, iis_explain, TRUE, NULL,
    "The next one comes in an archive with files of the same names, and a password of its own: "
    "import it before that day, and give the binding its thumbprint."};

/* ---- jks ---------------------------------------------------------------- */

static void jks_explain(cmark_node *document, const char *folder,
                        PkiPfxProfile profile G_GNUC_UNUSED, OutboxShape shape G_GNUC_UNUSED)
{
  const char *alias = strrchr(folder, '/') + 1;
  g_autofree char *list = g_strdup_printf(
      "keytool -list -v -keystore %s/keystore.jks -storepass:file %s/password.txt\n", folder,
      folder);
  g_autofree char *options = g_strdup_printf("-Djavax.net.ssl.keyStore=%s/keystore.jks\n"
                                             "-Djavax.net.ssl.keyStoreType=JKS\n"
                                             "-Djavax.net.ssl.keyStorePassword=PASSWORD\n",
                                             folder);
  outbox_markdown_add_paragraph(document,
                                "Let the user that the server runs as read them. This shows what "
                                "is in it:");
  outbox_markdown_add_code(document, "sh", list);
  outbox_markdown_add_paragraph(document,
                                "Then tell the server, which may have settings of its own for "
                                "these. ",
                                "PASSWORD", " stands for the line in ", "password.txt",
                                "; the key itself has the same, and its alias is ", alias, ":");
  outbox_markdown_add_code(document, "text", options);
  outbox_markdown_add_paragraph(
      document, "Java since version 9 prefers PKCS 12 to JKS, and reads both. The format ",
      "tomcat", " is such a keystore: ask for it where nothing older has to read the file.");
}

static const OutboxMember jks_members[] = {
    {"keystore.jks",
     {OUTBOX_PIECE_KEYSTORE},
     "a Java keystore with the private key, its certificate and the authority's that issued it",
     0},
    {"password.txt", {OUTBOX_PIECE_PASSWORD, OUTBOX_PIECE_LINE_END}, KEYSTORE_PASSWORD_PURPOSE, 0},
    {NULL, {0}, NULL, 0},
};

const OutboxFormat outbox_format_jks = {jks_members, jks_explain, FALSE, NULL, KEYSTORE_RENEWAL};
