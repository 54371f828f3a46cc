# room(NAME LINKS other_rooms... LIBRARIES imported_targets... HEADERS imported_targets...)
#
# Makes the static library logto_NAME of every .c file in the calling folder. LINKS are the rooms on
# lower floors, LIBRARIES what it links from outside, HEADERS the libraries it only includes because it
# opens them at run time.
function(room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "LINKS;LIBRARIES;HEADERS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(logto_${name} STATIC ${sources})
  target_link_libraries(logto_${name} PUBLIC logto_compiler)
  foreach(lower IN LISTS ROOM_LINKS)
    target_link_libraries(logto_${name} PUBLIC logto_${lower})
  endforeach()
  target_link_libraries(logto_${name} PRIVATE ${ROOM_LIBRARIES})
  foreach(library IN LISTS ROOM_HEADERS)
    target_include_directories(logto_${name} SYSTEM PRIVATE
      $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
endfunction()
