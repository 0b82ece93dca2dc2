#pragma once
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

/// `xmlFree` is a variable, which Swift refuses to read from several threads; it is never assigned here.
static inline void CXML2_free(void *memory) {
    xmlFree(memory);
}
