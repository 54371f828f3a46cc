# module(NAME LINKS lower_modules... LIBRARIES imported_targets... HEADERS imported_targets...)
#
# Makes the static library logto_NAME of every .c file in the calling folder. LINKS are the modules on
# lower layers, LIBRARIES what it links from outside, HEADERS the libraries it only includes because it
# opens them at run time.
function(module name)
  cmake_parse_arguments(PARSE_ARGV 1 MODULE "" "" "LINKS;LIBRARIES;HEADERS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(logto_${name} STATIC ${sources})
  target_link_libraries(logto_${name} PUBLIC logto_compiler)
  foreach(lower IN LISTS MODULE_LINKS)
    target_link_libraries(logto_${name} PUBLIC logto_${lower})
  endforeach()
  target_link_libraries(logto_${name} PRIVATE ${MODULE_LIBRARIES})
  foreach(library IN LISTS MODULE_HEADERS)
    target_include_directories(logto_${name} SYSTEM PRIVATE
      $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
endfunction()
