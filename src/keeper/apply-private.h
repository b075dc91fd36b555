/* The steps of decisions, each as what it does to ledger and outbox; the files
 * apply-*.c have them by topic, apply.c the table. */
#ifndef CERTDROP_KEEPER_APPLY_PRIVATE_H
#define CERTDROP_KEEPER_APPLY_PRIVATE_H

#include "keeper/keeper-private.h"

typedef gboolean (*ApplyStep)(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error);

gboolean apply_create_order(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error);
gboolean apply_record_payment(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error);
gboolean apply_store_application(Keeper *keeper, const LifecycleStep *step,
                                 KeeperStepContext *context, GError **error);
gboolean apply_set_status(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                          GError **error);
gboolean apply_record_review(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                             GError **error);
gboolean apply_issue(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                     GError **error);
gboolean apply_make_archive(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error);
gboolean apply_write_letter(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error);
gboolean apply_write_mail(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                          GError **error);
gboolean apply_write_attachments(Keeper *keeper, const LifecycleStep *step,
                                 KeeperStepContext *context, GError **error);
gboolean apply_deploy(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error);
gboolean apply_undeploy(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                        GError **error);
gboolean apply_withdraw(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                        GError **error);
gboolean apply_revoke(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error);
gboolean apply_refund(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error);
gboolean apply_delete(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error);

gboolean apply_link_successor(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error);
gboolean apply_request_outside(Keeper *keeper, const LifecycleStep *step,
                               KeeperStepContext *context, GError **error);
gboolean apply_take_certificate(Keeper *keeper, const LifecycleStep *step,
                                KeeperStepContext *context, GError **error);
gboolean apply_end_outside(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                           GError **error);
gboolean apply_upload(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error);

/* Adds a file about the step's certificate (PATH is taken over), whose page will name it. */
gboolean apply_add_document(Keeper *keeper, const LifecycleStep *step, char *path, GBytes *content,
                            GError **error);

#endif
