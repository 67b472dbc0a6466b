#ifndef DOCKHAND_CLIBXML2_H
#define DOCKHAND_CLIBXML2_H

// Debian's libxml2 pulls in the system ICU headers, which clash with the ICU inside Foundation. Undefining the switch
// before any other libxml header keeps them out; it shortens xmlCharEncodingHandler as Swift sees it, so never
// allocate or index one in Swift.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>

#endif
