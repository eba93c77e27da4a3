#ifndef RIPOSTE_CLIBLDAP_H
#define RIPOSTE_CLIBLDAP_H

#include <fcntl.h>
#include <ldap.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// What Swift cannot say: options by value, and structures of pointers to structures. Every call returns LDAP's own result.

// - verifies: whether the server's certificate counts. Without, nothing that matters may be said to it.
static inline int riposte_ldap_open(LDAP **ldap, const char *url, const char *authorities, int verifies) {
    int version = LDAP_VERSION3, demand = verifies ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER, own = 0, none = LDAP_DEREF_NEVER;
    int result = ldap_initialize(ldap, url);
    if (result != LDAP_SUCCESS) return result;
    // Set here, whatever ldap.conf or the environment says.
    if (ldap_set_option(*ldap, LDAP_OPT_PROTOCOL_VERSION, &version) != LDAP_OPT_SUCCESS
        || ldap_set_option(*ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != LDAP_OPT_SUCCESS
        || ldap_set_option(*ldap, LDAP_OPT_DEREF, &none) != LDAP_OPT_SUCCESS
        || ldap_set_option(*ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != LDAP_OPT_SUCCESS
        || (authorities && ldap_set_option(*ldap, LDAP_OPT_X_TLS_CACERTFILE, authorities) != LDAP_OPT_SUCCESS)
        || ldap_set_option(*ldap, LDAP_OPT_X_TLS_NEWCTX, &own) != LDAP_OPT_SUCCESS)
        return LDAP_LOCAL_ERROR;
    return LDAP_SUCCESS;
}

static inline struct timeval riposte_ldap_time(long milliseconds) {
    return (struct timeval){milliseconds / 1000, milliseconds % 1000 * 1000};
}

static inline void riposte_ldap_limit(LDAP *ldap, long milliseconds) {
    struct timeval limit = riposte_ldap_time(milliseconds);
    ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    ldap_set_option(ldap, LDAP_OPT_TIMEOUT, &limit);
}

// A connection's socket, for another thread to end it by. libldap's own limits end where a message or a handshake has begun: it then
// waits in read(2) for the rest, for ever.
struct riposte_ldap_wire {
    struct ldap_conncb callback;
    ber_len_t longest;
    int descriptor, is_cut;
};

static inline void riposte_ldap_wire_end(struct riposte_ldap_wire *wire) {
    int descriptor = __atomic_load_n(&wire->descriptor, __ATOMIC_SEQ_CST);
    if (descriptor >= 0) shutdown(descriptor, SHUT_RDWR);
}

static inline void riposte_ldap_wire_cut(struct riposte_ldap_wire *wire) {
    __atomic_store_n(&wire->is_cut, 1, __ATOMIC_SEQ_CST);
    riposte_ldap_wire_end(wire);
}

// Whether a server has taken a connection.
static inline int riposte_ldap_wire_reached(struct riposte_ldap_wire *wire) {
    return __atomic_load_n(&wire->descriptor, __ATOMIC_SEQ_CST) >= 0;
}

// libldap calls it when a connection is there and nothing has been said. The descriptor is a copy, which is ours to close: nobody's
// else can have its number by the time it is shut down.
static inline int riposte_ldap_wire_added(LDAP *ldap, Sockbuf *buffer, LDAPURLDesc *url, struct sockaddr *address, struct ldap_conncb *me) {
    struct riposte_ldap_wire *wire = (struct riposte_ldap_wire *)me;
    int descriptor = -1;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &descriptor) < 0) return LDAP_LOCAL_ERROR;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &wire->longest) < 0) return LDAP_LOCAL_ERROR;
    int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (own < 0) return LDAP_LOCAL_ERROR;
    int earlier = __atomic_exchange_n(&wire->descriptor, own, __ATOMIC_SEQ_CST);
    if (earlier >= 0) close(earlier);
    if (__atomic_load_n(&wire->is_cut, __ATOMIC_SEQ_CST)) riposte_ldap_wire_end(wire);
    return LDAP_SUCCESS;
}

static inline void riposte_ldap_wire_removed(LDAP *ldap, Sockbuf *buffer, struct ldap_conncb *me) {}

// - longest: of one message, in bytes; a server that announces more is not heard any further.
static inline struct riposte_ldap_wire *riposte_ldap_wire_make(size_t longest) {
    struct riposte_ldap_wire *wire = calloc(1, sizeof *wire);
    if (!wire) return NULL;
    wire->callback.lc_add = riposte_ldap_wire_added;
    wire->callback.lc_del = riposte_ldap_wire_removed;
    wire->longest = longest;
    wire->descriptor = -1;
    return wire;
}

static inline void riposte_ldap_wire_free(struct riposte_ldap_wire *wire) {
    if (wire->descriptor >= 0) close(wire->descriptor);
    free(wire);
}

static inline int riposte_ldap_connect(LDAP *ldap, struct riposte_ldap_wire *wire) {
    if (ldap_set_option(ldap, LDAP_OPT_CONNECT_CB, wire) != LDAP_OPT_SUCCESS) return LDAP_LOCAL_ERROR;
    return ldap_connect(ldap);
}

static inline int riposte_ldap_start_tls(LDAP *ldap) { return ldap_start_tls_s(ldap, NULL, NULL); }

static inline int riposte_ldap_bind(LDAP *ldap, const char *name, const char *password) {
    struct berval credentials = {strlen(password), (char *)password};
    return ldap_sasl_bind_s(ldap, name, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
}

static inline long riposte_ldap_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// One entry with one attribute, and LDAP_SIZELIMIT_EXCEEDED where there are more. Taken message by message: a server that never ends
// is heard no longer than that.
static inline int riposte_ldap_search(LDAP *ldap, const char *base, const char *filter, const char *attribute, long milliseconds,
                                      LDAPMessage **found) {
    struct timeval limit = riposte_ldap_time(milliseconds);
    char *attributes[] = {(char *)attribute, NULL};
    long end = riposte_ldap_clock() + milliseconds;
    int request = 0;
    int result = ldap_search_ext(ldap, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL, NULL, &limit, 2, &request);
    for (int others = 0; result == LDAP_SUCCESS && others < 100;) {
        long left = end - riposte_ldap_clock();
        limit = riposte_ldap_time(left > 0 ? left : 0);
        LDAPMessage *message = NULL;
        int kind = ldap_result(ldap, request, LDAP_MSG_ONE, &limit, &message);
        if (kind == 0) {
            result = LDAP_TIMEOUT;
        } else if (kind < 0) {
            if (ldap_get_option(ldap, LDAP_OPT_RESULT_CODE, &result) != LDAP_OPT_SUCCESS || result == LDAP_SUCCESS) result = LDAP_SERVER_DOWN;
        } else if (kind == LDAP_RES_SEARCH_RESULT) {
            int parsed = ldap_parse_result(ldap, message, &result, NULL, NULL, NULL, NULL, 1);
            return parsed == LDAP_SUCCESS ? result : parsed;
        } else if (kind == LDAP_RES_SEARCH_ENTRY && *found == NULL) {
            *found = message;
        } else {
            // A reference to another server, which is not followed.
            others += 1;
            if (kind == LDAP_RES_SEARCH_ENTRY) result = LDAP_SIZELIMIT_EXCEEDED;
            ldap_msgfree(message);
        }
    }
    if (request > 0) ldap_abandon_ext(ldap, request, NULL, NULL);
    return result == LDAP_SUCCESS ? LDAP_DECODING_ERROR : result;
}

static inline int riposte_ldap_modify(LDAP *ldap, const char *name, int operation, const char *attribute, const char *value) {
    char *values[] = {(char *)value, NULL};
    LDAPMod change = {.mod_op = operation, .mod_type = (char *)attribute};
    LDAPMod *changes[] = {&change, NULL};
    change.mod_values = values;
    return ldap_modify_ext_s(ldap, name, changes, NULL, NULL);
}

// What the server said beside the code; to be freed by riposte_ldap_free. NULL where it said nothing.
static inline char *riposte_ldap_diagnostic(LDAP *ldap) {
    char *text = NULL;
    ldap_get_option(ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
    return text;
}

static inline void riposte_ldap_free(char *text) { ldap_memfree(text); }
static inline void riposte_ldap_close(LDAP *ldap) { ldap_unbind_ext_s(ldap, NULL, NULL); }

#endif
