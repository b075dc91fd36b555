#include "intake/wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Room for one descriptor beside a message, as cmsg(3) wants it. */
typedef union {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
} DescriptorSpace;

gboolean wire_send_order(int socket, guint32 ticket, int fd)
{
  WireOrder order = {ticket};
  struct iovec piece = {&order, sizeof order};
  DescriptorSpace space;
  memset(&space, 0, sizeof space);
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = space.bytes,
                           .msg_controllen = sizeof space.bytes};
  struct cmsghdr *control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(control), &fd, sizeof fd);
  ssize_t sent;
  do
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == (ssize_t)sizeof order;
}

gboolean wire_receive_order(int socket, guint32 *ret_ticket, int *ret_fd)
{
  WireOrder order;
  struct iovec piece = {&order, sizeof order};
  DescriptorSpace space;
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = space.bytes,
                           .msg_controllen = sizeof space.bytes};
  ssize_t got;
  do
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  struct cmsghdr *control = got == (ssize_t)sizeof order ? CMSG_FIRSTHDR(&message) : NULL;
  if (control == NULL || control->cmsg_type != SCM_RIGHTS ||
      control->cmsg_len != CMSG_LEN(sizeof *ret_fd))
    return FALSE;
  *ret_ticket = order.ticket;
  memcpy(ret_fd, CMSG_DATA(control), sizeof *ret_fd);
  return TRUE;
}

void wire_append(GByteArray *buffer, WireType type, guint32 ticket, const void *bytes, gsize length)
{
  g_assert(length <= WIRE_LENGTH_LIMIT);
  WireHeader header = {WIRE_MAGIC, type, ticket, (guint32)length};
  g_byte_array_append(buffer, (const guint8 *)&header, sizeof header);
  g_byte_array_append(buffer, bytes, (guint)length);
}

/* Sends LENGTH bytes; FALSE if nobody listens any more. */
static gboolean send_all(int socket, const guint8 *bytes, gsize length)
{
  for (gsize at = 0; at < length;) {
    ssize_t sent = send(socket, bytes + at, length - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return FALSE;
    at += (gsize)sent;
  }
  return TRUE;
}

gboolean wire_flush(int socket, GByteArray *buffer)
{
  if (!send_all(socket, buffer->data, buffer->len))
    return FALSE;
  g_byte_array_set_size(buffer, 0);
  return TRUE;
}

gboolean wire_send_secret(int socket, const Secret *secret)
{
  return send_all(socket, secret->data, secret->length);
}

Secret *wire_receive_secret(int socket, gsize length)
{
  g_autoptr(Secret) secret = secret_new(length);
  for (gsize at = 0; at < length;) {
    ssize_t got = recv(socket, secret->data + at, length - at, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return NULL;
    at += (gsize)got;
  }
  return g_steal_pointer(&secret);
}
