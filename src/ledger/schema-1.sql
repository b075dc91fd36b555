-- The ledger's tables, version 1. Only what SQLite and PostgreSQL both take. A later version
-- adds a script of its own: this one stays as it is (migrate.c).
-- Times are seconds since 1970 UTC, 0 for none; money is in hundredths.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE run (
  number INTEGER PRIMARY KEY,
  started BIGINT NOT NULL,
  milliseconds BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  waiting BIGINT NOT NULL,
  items BIGINT NOT NULL,
  issued BIGINT NOT NULL,
  expired BIGINT NOT NULL,
  renewed BIGINT NOT NULL
);

-- Products as they were when something was ordered: an order keeps its own.
CREATE TABLE product (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  content BYTEA NOT NULL UNIQUE
);

CREATE TABLE file (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  name_number BIGINT NOT NULL,
  kept TEXT NOT NULL UNIQUE, -- name and number in one: what the file is called from then on
  sha256 TEXT NOT NULL,
  identity TEXT NOT NULL,
  state BIGINT NOT NULL,
  ready BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  decided BIGINT NOT NULL,
  run BIGINT NOT NULL,
  faults BYTEA
);
CREATE INDEX file_name ON file (name, name_number);
CREATE INDEX file_waiting ON file (first_seen) WHERE state = 1;
CREATE INDEX file_waiting_name ON file (name) WHERE state = 1;
CREATE INDEX file_rejected ON file (number) WHERE state IN (3, 4);

CREATE TABLE item (
  file BIGINT NOT NULL,
  position BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  ref TEXT,
  outcome BIGINT NOT NULL,
  repeated BIGINT NOT NULL,
  subject TEXT,
  faults BYTEA,
  warnings BYTEA,
  waits_for TEXT,
  waits_for_order TEXT,
  PRIMARY KEY (file, position)
);
CREATE INDEX item_waiting ON item (waits_for_order) WHERE outcome = 3;
CREATE INDEX item_waiting_file ON item (file, waits_for) WHERE outcome = 3;

CREATE TABLE reference (
  ref TEXT PRIMARY KEY,
  kind BIGINT NOT NULL,
  hash TEXT NOT NULL,
  subject TEXT,
  file BIGINT NOT NULL
);

CREATE TABLE orders (
  ref TEXT PRIMARY KEY,
  product BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  years BIGINT NOT NULL,
  name_count BIGINT NOT NULL,
  auto_renew BIGINT NOT NULL,
  price BIGINT NOT NULL,
  currency TEXT NOT NULL,
  paid BIGINT NOT NULL,
  created BIGINT NOT NULL,
  file BIGINT NOT NULL
);

CREATE TABLE payment (
  number INTEGER PRIMARY KEY,
  order_ref TEXT NOT NULL,
  ref TEXT,
  reference TEXT,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  at BIGINT NOT NULL,
  file BIGINT NOT NULL
);
CREATE INDEX payment_order ON payment (order_ref);

CREATE TABLE certificate (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  order_ref TEXT NOT NULL,
  position BIGINT NOT NULL,
  status BIGINT NOT NULL,
  uploaded BIGINT NOT NULL,
  application BIGINT NOT NULL,
  names TEXT,
  created BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  submitted BIGINT NOT NULL,
  first_issued BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  term_end BIGINT NOT NULL,
  serial TEXT
);
CREATE INDEX certificate_order ON certificate (order_ref, position);
CREATE INDEX certificate_status ON certificate (status, changed);
CREATE INDEX certificate_expiry ON certificate (status, not_after);

CREATE TABLE application (
  number INTEGER PRIMARY KEY,
  certificate TEXT NOT NULL,
  ref TEXT NOT NULL,
  state BIGINT NOT NULL,
  at BIGINT NOT NULL,
  content BYTEA NOT NULL,
  file BIGINT NOT NULL
);

CREATE TABLE attachment (
  sha256 TEXT PRIMARY KEY,
  content BYTEA NOT NULL
);

CREATE TABLE review (
  number INTEGER PRIMARY KEY,
  application BIGINT NOT NULL,
  at BIGINT NOT NULL,
  content BYTEA NOT NULL,
  file BIGINT NOT NULL
);
CREATE INDEX review_application ON review (application);

CREATE TABLE issue (
  serial TEXT PRIMARY KEY,
  certificate TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  spki_sha256 TEXT NOT NULL,
  der BYTEA NOT NULL,
  csr BYTEA
);

-- One row a public key. The private key, where it is ours, is wrapped (RFC 5649).
CREATE TABLE key (
  spki_sha256 TEXT PRIMARY KEY,
  certificate TEXT NOT NULL,
  kind TEXT NOT NULL,
  compromised BIGINT NOT NULL,
  wrapped BYTEA
);

-- What was done. Rows are only ever added; hash covers the row and the hash before.
CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  file TEXT,
  text TEXT,
  hash TEXT NOT NULL
);
CREATE INDEX log_subject ON log (subject);

-- Files to be written, and after that what they were written as.
CREATE TABLE output (
  number INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  kind BIGINT NOT NULL,
  receipt BIGINT NOT NULL,
  source TEXT,
  certificate TEXT,
  format TEXT,
  sha256 TEXT NOT NULL,
  content BYTEA,
  done BIGINT NOT NULL,
  identity TEXT
);
CREATE INDEX output_pending ON output (number) WHERE done = 0;
CREATE INDEX output_certificate ON output (certificate) WHERE certificate IS NOT NULL;
CREATE INDEX output_document ON output (path) WHERE kind = 2 AND receipt = 0;

-- How many certificates of each status a block has; no row where there are none.
CREATE TABLE block (
  block BIGINT NOT NULL,
  status BIGINT NOT NULL,
  certificates BIGINT NOT NULL,
  PRIMARY KEY (status, block)
);

-- Pages that have to be written anew.
CREATE TABLE stale (
  topic BIGINT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (topic, key)
);
