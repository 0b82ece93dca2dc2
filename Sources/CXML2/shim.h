#pragma once
#include <iconv.h>
#include <libxml/xmlversion.h>
// Else libxml2's headers bring in those of the system's ICU, which clash with Foundation's own. Only the members of
// `struct _xmlCharEncodingHandler` depend on it, which nobody here looks into.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

/// `xmlFree` is a variable, which Swift refuses to read from several threads; it is never assigned here.
static inline void CXML2_free(void *memory) {
    xmlFree(memory);
}
