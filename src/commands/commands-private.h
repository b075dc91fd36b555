/* What the commands share. */
#ifndef CERTDROP_COMMANDS_PRIVATE_H
#define CERTDROP_COMMANDS_PRIVATE_H

#include "base/json.h"
#include "commands/commands.h"
#include "commands/terminal.h"
#include "keeper/keeper.h"

/* Reads the options ENTRIES of a command; what is left in *ARGC, *ARGV are its
 * arguments, MINIMUM of them at least and MAXIMUM at most (-1: any number). */
gboolean command_parse(const char *name, const GOptionEntry *entries, int *argc, char ***argv,
                       int minimum, int maximum, GError **error);

/* The same, with DESCRIPTION at the end of the command's --help. */
gboolean command_parse_described(const char *name, const char *description,
                                 const GOptionEntry *entries, int *argc, char ***argv, int minimum,
                                 int maximum, GError **error);

/* Prints what BUILDER has made, on one line, to standard output. */
void command_print_json(JsonBuilder *builder);

/* Prints TEXT, which begins with what it is about and a colon, to standard error with what a
 * terminal would take as a command replaced: names of files may hold anything. */
void command_complain(const char *text);

/* Prints all messages of KEEPER to standard error. */
void command_print_messages(const Keeper *keeper);

/* Prints what RUN did, on one line, to standard output. On a terminal, that which needs a hand
 * stands out. */
void command_print_run(const LedgerRun *run);

/* What is known of a certificate, or of an order, for `show --json`. */
gboolean json_add_certificate(JsonBuilder *builder, Ledger *ledger,
                              const LedgerCertificate *certificate, GError **error);
gboolean json_add_order(JsonBuilder *builder, Ledger *ledger, const LedgerOrder *order,
                        GError **error);
/* "deployments": where CERTIFICATE is deployed, or is to be. */
gboolean json_add_deployments(JsonBuilder *builder, Ledger *ledger, const char *certificate,
                              GError **error);

int command_init(const CommandContext *context, int argc, char **argv, GError **error);
int command_run(const CommandContext *context, int argc, char **argv, GError **error);
int command_watch(const CommandContext *context, int argc, char **argv, GError **error);
int command_check(const CommandContext *context, int argc, char **argv, GError **error);
int command_new(const CommandContext *context, int argc, char **argv, GError **error);
int command_show(const CommandContext *context, int argc, char **argv, GError **error);
int command_verify(const CommandContext *context, int argc, char **argv, GError **error);
int command_report(const CommandContext *context, int argc, char **argv, GError **error);
int command_status(const CommandContext *context, int argc, char **argv, GError **error);
int command_status_fail(const GError *error);

#endif
