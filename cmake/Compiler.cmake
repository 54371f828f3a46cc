# One interface target carries the language, the warnings and the hardening of every module.
add_library(logto_compiler INTERFACE)
target_compile_features(logto_compiler INTERFACE c_std_17)
target_compile_definitions(logto_compiler INTERFACE _GNU_SOURCE LOGTO_VERSION="${PROJECT_VERSION}")
target_include_directories(logto_compiler INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(logto_compiler INTERFACE
  -std=gnu17 -Wall -Wextra -Wpedantic -Wno-gnu-zero-variadic-macro-arguments
  -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith
  -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wnull-dereference -Wdouble-promotion
  -Wconversion -Wno-sign-conversion -Wimplicit-fallthrough -Wswitch-enum -fno-common
  -fvisibility=hidden)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(logto_compiler INTERFACE -Wlogical-op -Wduplicated-cond -Wduplicated-branches
                         -Wno-variadic-macros)
endif()
if(LOGTO_WERROR)
  target_compile_options(logto_compiler INTERFACE -Werror)
endif()

if(LOGTO_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(logto_compiler INTERFACE ${sanitizers})
  target_link_options(logto_compiler INTERFACE ${sanitizers})
endif()
if(LOGTO_COVERAGE)
  target_compile_options(logto_compiler INTERFACE --coverage -fprofile-abs-path)
  target_link_options(logto_compiler INTERFACE --coverage)
endif()
if(LOGTO_FAULTS)
  target_compile_definitions(logto_compiler INTERFACE LOGTO_FAULTS)
endif()

if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
  target_compile_definitions(logto_compiler INTERFACE _FORTIFY_SOURCE=2)
  target_compile_options(logto_compiler INTERFACE -fstack-protector-strong -fstack-clash-protection)
  target_link_options(logto_compiler INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
    # Debian 12's Scrt1.o lacks the mark of the shadow stack, and the linker drops it for all. It is set by hand: the
    # start code returns to nowhere. That of indirect branches is not: there the start code has no landing pad.
    target_compile_options(logto_compiler INTERFACE -fcf-protection)
    target_link_options(logto_compiler INTERFACE -Wl,-z,shstk)
  endif()
  include(CheckIPOSupported)
  check_ipo_supported(RESULT ipo_supported OUTPUT ipo_reason LANGUAGES C)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${ipo_supported})
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
