# Turns the page and its style sheet, which open in a browser by themselves, into a C header:
#   cmake -D HTML=page.html -D CSS=page.css -D HEADER=page_lines.h -P Page.cmake
#
# The sample text of an element with data-text="TEMPLATE" becomes TEMPLATE, whose {{words}} page.c fills; the
# style sheet moves into the page, and its hash into PAGE_STYLE_HASH (Content Security Policy Level 3, 2.3.1).
cmake_minimum_required(VERSION 3.25)

# The base64 of a SHA-256 digest in hexadecimal: 32 bytes, so one padding character.
function(encode_digest digest out)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(encoded "")
  string(REGEX MATCHALL "......" groups "${digest}00")
  foreach(group IN LISTS groups)
    foreach(shift 18 12 6 0)
      math(EXPR index "0x${group} >> ${shift} & 63")
      string(SUBSTRING "${alphabet}" ${index} 1 character)
      string(APPEND encoded "${character}")
    endforeach()
  endforeach()
  string(REGEX REPLACE ".$" "=" encoded "${encoded}")
  set(${out} "${encoded}" PARENT_SCOPE)
endfunction()

# One C string literal for each line of a text that ends in a line break.
function(quote_lines text out)
  string(REGEX REPLACE "([\\\"])" "\\\\\\1" text "${text}")
  string(REGEX REPLACE "([^\n]*)\n" "    \"\\1\\\\n\",\n" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(replace_once text before after out)
  string(FIND "${text}" "${before}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "${HTML}: ${before} is missing")
  endif()
  string(REPLACE "${before}" "${after}" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

file(READ ${HTML} page)
file(READ ${CSS} style)
string(SHA256 digest "${style}")
encode_digest(${digest} hash)
string(REGEX REPLACE " data-text=\"([^\"]*)\">[^<]*" ">\\1" page "${page}")
replace_once("${page}" "<link rel=\"stylesheet\" href=\"page.css\">" "<style>${style}</style>" page)
quote_lines("${page}" lines)
file(WRITE ${HEADER} "/* Made of page.html and page.css by cmake/Page.cmake. */
#pragma once

#define PAGE_STYLE_HASH \"sha256-${hash}\"

static const char *const page_lines[] = {
${lines}};
")
