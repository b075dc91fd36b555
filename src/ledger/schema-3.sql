-- The ledger's tables, version 3: what pages are cut by beside certificates and files, which are
-- days of expiry, places of deployment, and money. Only what SQLite and PostgreSQL both take.

-- How many certificates that are issued or expired run out on a day (days since 1970).
CREATE TABLE expiry_day (
  day BIGINT PRIMARY KEY,
  certificates BIGINT NOT NULL
);
INSERT INTO expiry_day SELECT not_after / 86400, COUNT(*) FROM certificate
  WHERE status IN (5, 6) AND not_after > 0 GROUP BY 1;
CREATE INDEX certificate_day ON certificate (not_after, number, status);

-- How many deployments of each state a place has, by block of certificates; no row where
-- there are none. What was taken off does not count.
CREATE TABLE place_block (
  product TEXT NOT NULL,
  region TEXT NOT NULL,
  block BIGINT NOT NULL,
  state BIGINT NOT NULL, -- LifecycleDeploymentState
  deployments BIGINT NOT NULL,
  PRIMARY KEY (product, region, block, state)
);
INSERT INTO place_block
  SELECT d.product, d.region, (c.number - 1) / 100, d.state, COUNT(*)
  FROM deployment d JOIN certificate c ON c.id = d.certificate
  WHERE d.state < 5 GROUP BY d.product, d.region, (c.number - 1) / 100, d.state;

-- What was spent and what came back, in the order in which it happened.
CREATE TABLE spending (
  number INTEGER PRIMARY KEY,
  at BIGINT NOT NULL,
  kind BIGINT NOT NULL, -- LedgerSpendingKind
  order_ref TEXT NOT NULL,
  certificate TEXT, -- of a refund
  reference TEXT, -- of the payment
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  file TEXT
);
INSERT INTO spending (at, kind, order_ref, certificate, reference, amount, currency, file)
  SELECT n.at, n.kind, n.order_ref, n.certificate, n.reference, n.amount, n.currency, f.name FROM (
    SELECT p.at, CASE WHEN o.renews IS NULL THEN 1 ELSE 2 END AS kind, p.order_ref,
           NULL AS certificate, p.reference, p.amount, p.currency, p.file, p.number
      FROM payment p JOIN orders o ON o.ref = p.order_ref WHERE p.amount > 0
    UNION ALL
    SELECT o.created, 3, o.ref, NULL, NULL, o.price, o.currency, o.file, 0
      FROM orders o WHERE o.automatic = 1 AND o.paid = 1 AND o.price > 0
        AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_ref = o.ref)
    UNION ALL
    SELECT at, 4, order_ref, certificate, reference, amount, currency, file, number FROM refund
  ) n LEFT JOIN file f ON f.number = n.file ORDER BY n.at, n.kind, n.number, n.order_ref;
CREATE INDEX spending_at ON spending (at, number);

CREATE TABLE spending_day (
  day BIGINT NOT NULL, -- days since 1970
  kind BIGINT NOT NULL,
  currency TEXT NOT NULL,
  entries BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (day, kind, currency)
);
INSERT INTO spending_day SELECT at / 86400, kind, currency, COUNT(*), SUM(amount) FROM spending
  GROUP BY at / 86400, kind, currency;
