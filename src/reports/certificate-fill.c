/* What the form of an operation begins with that is opened from a certificate's page. */
#include "base/text.h"
#include "reports/certificate.h"

static void fill_add_money(FormFill *fill, const char *name, gint64 amount)
{
  g_autofree char *money = text_format_money(amount);
  form_fill_add(fill, name, money);
}

/* What is due. */
static void fill_payment(FormFill *fill, const CertificateModel *model)
{
  const LifecycleOrder *order = model->order->order;
  form_fill_add(fill, "order", order->ref);
  fill_add_money(fill, "amount", lifecycle_due(order));
  form_fill_add(fill, "currency", order->currency);
}

/* The names that are known, and what is still asked for (form.js). */
static void fill_application(FormFill *fill, const CertificateModel *model)
{
  if (model->order == NULL)
    return;
  const Product *product = model->order->order->product;
  const RequestApplication *content =
      model->application != NULL ? model->application->content : NULL;
  g_autofree char *asks = lifecycle_missing_parts(product, content);
  g_autofree char *names = g_strdup_printf("%" G_GINT64_FORMAT, model->order->order->name_count);
  form_fill_add(fill, "asks", asks);
  form_fill_add(fill, "rule", product->names);
  form_fill_add(fill, "names", names);
  if (!product_asks_company(product))
    form_fill_add(fill, "without", "company");
  for (char **name = content != NULL ? content->domains : NULL; name != NULL && *name != NULL;
       name++)
    form_fill_add(fill, "domain", *name);
}

/* Where it is now. */
static void fill_undeployment(FormFill *fill, const CertificateModel *model)
{
  for (guint i = 0; i < model->deployments->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(model->deployments, i);
    gboolean region = *deployment->region != '\0';
    if (deployment->state == LIFECYCLE_DEPLOYMENT_LEAVING ||
        deployment->state == LIFECYCLE_DEPLOYMENT_GONE)
      continue;
    g_autofree char *path = g_strdup_printf("target[@product=%s]/%s", deployment->product,
                                            region ? "region" : "@product");
    form_fill_add(fill, path, region ? deployment->region : deployment->product);
  }
}

static void fill_review(FormFill *fill, const CertificateModel *model)
{
  if (model->application != NULL)
    form_fill_add(fill, "application", model->application->ref);
}

/* What it costs is computed from the product as it is today, or, where it is sold no
 * more, from what a year of it cost. */
static void fill_renewal(FormFill *fill, const CertificateModel *model)
{
  if (model->order == NULL)
    return;
  const LifecycleOrder *order = model->order->order;
  g_autofree char *names = g_strdup_printf("%" G_GINT64_FORMAT, order->name_count);
  form_fill_add(fill, "product", order->product->id);
  form_fill_add(fill, "names", names);
  fill_add_money(fill, "price", product_price(order->product, 1, 1, order->name_count));
  form_fill_add(fill, "currency", order->currency);
}

static void (*const fills[REQUEST_KIND_N])(FormFill *fill, const CertificateModel *model) = {
    [REQUEST_KIND_PAYMENT] = fill_payment, [REQUEST_KIND_APPLICATION] = fill_application,
    [REQUEST_KIND_REVIEW] = fill_review,   [REQUEST_KIND_UNDEPLOYMENT] = fill_undeployment,
    [REQUEST_KIND_RENEWAL] = fill_renewal,
};

cmark_node *certificate_add_form_link(const Page *page, cmark_node *parent, RequestKind kind,
                                      const CertificateModel *model)
{
  g_autoptr(FormFill) fill = form_fill_new();
  if (lifecycle_operations[kind].subject == LIFECYCLE_SUBJECT_CERTIFICATE)
    form_fill_add(fill, "certificate", model->certificate->id);
  if (fills[kind] != NULL)
    fills[kind](fill, model);
  return form_add_link(page, parent, kind, fill);
}

cmark_node *certificate_add_short_form_link(const Page *page, cmark_node *parent, RequestKind kind,
                                            const LedgerCertificate *certificate)
{
  g_autoptr(FormFill) fill = form_fill_new();
  if (kind == REQUEST_KIND_PAYMENT) {
    form_fill_add(fill, "order", certificate->order);
    fill_add_money(fill, "amount", certificate->owed);
    form_fill_add(fill, "currency", certificate->currency);
  } else
    form_fill_add(fill, "certificate", certificate->id);
  return form_add_link(page, parent, kind, fill);
}
