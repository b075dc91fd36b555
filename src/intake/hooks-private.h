/* What a test build's reader does at a document's command, so that the tests can
 * show what a broken reader costs: <?certdrop-test crash?> and the like, each
 * once the jail is closed. A plain build has nothing of it. */
#ifndef CERTDROP_INTAKE_HOOKS_PRIVATE_H
#define CERTDROP_INTAKE_HOOKS_PRIVATE_H

#ifdef CERTDROP_TEST_HOOKS

/* From now on the process is a reader in its jail, and does what it is told. */
void hooks_arm(void);

/* Does what the instruction TARGET says where it is "certdrop-test". */
void hooks_instruction(const char *target, const char *data);

#else

static inline void hooks_arm(void)
{
}

static inline void hooks_instruction(const char *target, const char *data)
{
  (void)target;
  (void)data;
}

#endif

#endif
