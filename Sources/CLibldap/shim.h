#ifndef RIPOSTE_CLIBLDAP_H
#define RIPOSTE_CLIBLDAP_H

#include <ldap.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>

// What Swift cannot say: options by value, and structures of pointers to structures. Every call returns LDAP's own result.

static inline int riposte_ldap_open(LDAP **ldap, const char *url, const char *authorities) {
    int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, own = 0, none = LDAP_DEREF_NEVER;
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

static inline void riposte_ldap_limit(LDAP *ldap, long milliseconds) {
    struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
    ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    ldap_set_option(ldap, LDAP_OPT_TIMEOUT, &limit);
}

static inline int riposte_ldap_start_tls(LDAP *ldap) { return ldap_start_tls_s(ldap, NULL, NULL); }

static inline int riposte_ldap_bind(LDAP *ldap, const char *name, const char *password) {
    struct berval credentials = {strlen(password), (char *)password};
    return ldap_sasl_bind_s(ldap, name, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
}

// At most two entries, each with one attribute.
static inline int riposte_ldap_search(LDAP *ldap, const char *base, const char *filter, const char *attribute, long milliseconds,
                                      LDAPMessage **found) {
    struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
    char *attributes[] = {(char *)attribute, NULL};
    return ldap_search_ext_s(ldap, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, NULL, NULL, &limit, 2, found);
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
