-- The ledger's tables, version 2: deployment, renewal, revocation, deletion, upload,
-- issuers outside. Only what SQLite and PostgreSQL both take.

-- Deployments, issues and renewals that failed in the run.
ALTER TABLE run ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;

-- A renewal is an order that names the certificate whose successor it buys. An
-- automatic one was ordered by the nightly run.
ALTER TABLE orders ADD COLUMN renews TEXT;
ALTER TABLE orders ADD COLUMN automatic BIGINT NOT NULL DEFAULT 0;

-- What need not be paid any more: the parts of certificates revoked or deleted before.
ALTER TABLE orders ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0;

ALTER TABLE certificate ADD COLUMN name TEXT; -- of an uploaded one: what its sender calls it
ALTER TABLE certificate ADD COLUMN forerunner TEXT; -- the certificate that it renews
ALTER TABLE certificate ADD COLUMN successor TEXT; -- the certificate that renews it
ALTER TABLE certificate ADD COLUMN reviewed BIGINT NOT NULL DEFAULT 0; -- last approved; goes over to a successor
ALTER TABLE certificate ADD COLUMN deployed TEXT; -- the products that have it, for the lists
ALTER TABLE certificate ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN reason BIGINT NOT NULL DEFAULT 0; -- RFC 5280, 5.3.1
ALTER TABLE certificate ADD COLUMN deleted BIGINT NOT NULL DEFAULT 0; -- its status is 0 then

-- What the nightly run has to do next, when: renew or issue anew, and remind.
ALTER TABLE certificate ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN remind BIGINT NOT NULL DEFAULT 0;
-- A renewal or issue that fails: since when, how often, and why.
ALTER TABLE certificate ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN failure TEXT;
ALTER TABLE certificate ADD COLUMN failure_mail BIGINT NOT NULL DEFAULT 0; -- when the next mail about it is due
-- Of what is issued: since when its application waits to be reviewed again.
ALTER TABLE certificate ADD COLUMN review_asked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX certificate_review_asked ON certificate (review_asked, number) WHERE review_asked > 0;
CREATE INDEX certificate_due ON certificate (due, number) WHERE due > 0;
CREATE INDEX certificate_remind ON certificate (remind, number) WHERE remind > 0;
CREATE INDEX certificate_failing ON certificate (failing_since, number) WHERE failing_since > 0;

-- What was issued before this version is looked at by the next run (due 1).
UPDATE certificate SET due = 1
  WHERE status = 5 OR (status = 6 AND not_after + 1 < term_end);
UPDATE certificate SET reviewed =
  COALESCE((SELECT MAX(at) FROM review WHERE review.application = certificate.application), 0)
  WHERE first_issued > 0;

-- How many certificates are due on a day (days since 1970), so that renewals can be
-- spread without counting them.
CREATE TABLE due_day (
  day BIGINT PRIMARY KEY,
  certificates BIGINT NOT NULL
);

-- Serial numbers are an issuer's own, so that two of them may meet here: an issue has a
-- number of the ledger's. It keeps the names that it binds, whatever is applied for later.
CREATE TABLE issue_2 (
  number INTEGER PRIMARY KEY,
  serial TEXT NOT NULL,
  certificate TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  names TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  spki_sha256 TEXT NOT NULL,
  der BYTEA NOT NULL,
  csr BYTEA,
  chain BYTEA, -- DER, one after the other; NULL: our issuing CA
  outside BIGINT NOT NULL, -- another authority's: not on our CRL
  issuer TEXT, -- of an outside one: its name
  warnings BYTEA, -- what is odd about a certificate of others
  revoked BIGINT NOT NULL,
  reason BIGINT NOT NULL
);
INSERT INTO issue_2 (serial, certificate, not_before, not_after, names, sha256, spki_sha256, der,
                     csr, outside, revoked, reason)
  SELECT i.serial, i.certificate, i.not_before, i.not_after, COALESCE(c.names, ''), i.sha256,
         i.spki_sha256, i.der, i.csr, 0, 0, 0
  FROM issue i JOIN certificate c ON c.id = i.certificate ORDER BY c.number;
DROP TABLE issue;
ALTER TABLE issue_2 RENAME TO issue;
CREATE UNIQUE INDEX issue_serial ON issue (serial) WHERE outside = 0;
CREATE INDEX issue_certificate ON issue (certificate);
CREATE INDEX issue_spki ON issue (spki_sha256);
CREATE INDEX issue_sha256 ON issue (sha256);
CREATE INDEX issue_revoked ON issue (not_after) WHERE revoked > 0;
ALTER TABLE certificate ADD COLUMN issue BIGINT NOT NULL DEFAULT 0; -- the present one; 0: none
UPDATE certificate SET issue =
  COALESCE((SELECT MAX(number) FROM issue WHERE issue.certificate = certificate.id), 0);

-- What is issued was approved, by a review or by its names.
UPDATE application SET state = 4 WHERE state = 2 AND number IN
  (SELECT application FROM certificate WHERE issue > 0);

-- A CSR that lies with an issuer outside. One for each certificate at most.
CREATE TABLE outside (
  certificate TEXT PRIMARY KEY,
  issuer TEXT NOT NULL, -- "exchange", or the id of a configured one
  spki_sha256 TEXT NOT NULL,
  csr BYTEA NOT NULL,
  names TEXT NOT NULL,
  since BIGINT NOT NULL,
  file BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try BIGINT NOT NULL, -- 0: nothing to try, the chain comes as a file
  output TEXT -- what the command said last
);
CREATE INDEX outside_next ON outside (next_try, certificate) WHERE next_try > 0;

-- Where a certificate is deployed, or is to be.
CREATE TABLE deployment (
  certificate TEXT NOT NULL,
  product TEXT NOT NULL,
  region TEXT NOT NULL, -- '': the product has none
  title TEXT NOT NULL, -- of the product, as it was when this was asked for
  whole BIGINT NOT NULL, -- asked for on all regions: those that are added later get it too
  by_command BIGINT NOT NULL, -- its command has ended well; 0: the archive alone was laid out
  state BIGINT NOT NULL, -- LifecycleDeploymentState
  serial TEXT NOT NULL, -- of the issue that is, or is to be, there
  replaces TEXT, -- the serial that was there before
  since BIGINT NOT NULL, -- when it came into its state
  attempts BIGINT NOT NULL, -- that failed, of its command
  next_try BIGINT NOT NULL, -- 0: nothing to do
  failing_since BIGINT NOT NULL,
  output TEXT, -- what the command, or the look at the host, said last
  file BIGINT NOT NULL,
  PRIMARY KEY (certificate, product, region)
);
CREATE INDEX deployment_next ON deployment (next_try, certificate) WHERE next_try > 0;
CREATE INDEX deployment_product ON deployment (product, region, certificate);
CREATE INDEX deployment_failing ON deployment (failing_since, certificate) WHERE failing_since > 0;

CREATE TABLE refund (
  number INTEGER PRIMARY KEY,
  order_ref TEXT NOT NULL,
  certificate TEXT NOT NULL,
  reference TEXT, -- of the payment that goes back
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  at BIGINT NOT NULL,
  file BIGINT NOT NULL
);
CREATE INDEX refund_order ON refund (order_ref);
CREATE INDEX refund_certificate ON refund (certificate);

-- An archive in which something is random (a PFX, its password, an envelope) is kept whole,
-- wrapped, so that making it again gives the same bytes. What an archive is of, and in which
-- form, stands in its output.
CREATE TABLE archive (
  path TEXT PRIMARY KEY,
  profile TEXT, -- of a PFX; NULL: that of its form
  recipient BYTEA, -- the certificate that it is encrypted to
  kept BYTEA NOT NULL
);

-- When a certificate's owner was reminded last. An issue sets `remind` to the middle of
-- the lifetime, before which no reminder can be.
ALTER TABLE certificate ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0;
UPDATE certificate SET remind = not_before + (not_after - not_before) / 2 WHERE status = 5;

-- The reminders of a run, until they are written: one mail for each person.
CREATE TABLE reminder (
  address TEXT NOT NULL, -- in lower case: one person
  not_after BIGINT NOT NULL,
  certificate TEXT NOT NULL,
  reason BIGINT NOT NULL, -- LifecycleReminder
  PRIMARY KEY (address, not_after, certificate)
);

-- Mail that the configured command has yet to send.
CREATE TABLE mail (
  number INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  failures BIGINT NOT NULL,
  failing_since BIGINT NOT NULL,
  next_try BIGINT NOT NULL,
  output TEXT -- what the command said last
);
CREATE INDEX mail_next ON mail (next_try, number);
CREATE INDEX mail_failing ON mail (failing_since, number) WHERE failing_since > 0;

-- What is counted since the beginning: decided files by state, so that nobody has to
-- count them.
CREATE TABLE counter (
  state BIGINT PRIMARY KEY, -- LedgerFileState
  files BIGINT NOT NULL
);
INSERT INTO counter SELECT state, COUNT(*) FROM file WHERE state > 1 GROUP BY state;

-- A document that is too long to be in memory at once lies in parts, numbered from 0.
ALTER TABLE output ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;
CREATE TABLE output_part (
  output BIGINT NOT NULL,
  part BIGINT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (output, part)
);

-- Items of an atomic batch that wait for another one of it. Empty once it is decided.
CREATE TABLE held (
  position INTEGER PRIMARY KEY,
  item BYTEA NOT NULL
);
