# embed(TARGET INPUT NAME)
#
# Compiles the file INPUT into TARGET as `const char NAME[]`, with a '\0' behind its last byte. An array of
# characters, since ISO C promises string literals of 4095 bytes only. The same file run with `cmake -P` and
# INPUT, OUTPUT and NAME set writes the C source.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(REGEX REPLACE "((........){12})" "\\1\n" bytes "${bytes}")
  file(WRITE ${OUTPUT} "extern const char ${NAME}[];\nconst char ${NAME}[] = {\n${bytes}'\\0'};\n")
  return()
endif()

function(embed target input name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  add_custom_command(OUTPUT ${output} DEPENDS ${input} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D INPUT=${input} -D OUTPUT=${output} -D NAME=${name} -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  target_sources(${target} PRIVATE ${output})
endfunction()
