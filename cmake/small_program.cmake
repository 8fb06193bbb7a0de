# make_small(TARGET): links a static program without what it cannot need. Each part is tried first and
# left away where it does not fit: another OpenSSL, another linker.
#
#  icf      functions that are the same as others, once (but for those whose address is taken)
#  openssl  algorithms that OpenSSL's tables name and nobody here uses (small_program.cpp)
#
# Including this file takes the unwind tables out of the copy of OpenSSL that is linked: it is C that
# no exception passes, for it calls nothing of ours back.
foreach(library OpenSSL::SSL OpenSSL::Crypto)
  get_target_property(archive ${library} IMPORTED_LOCATION)
  if(CMAKE_OBJCOPY AND archive MATCHES "\\.a$")
    get_filename_component(name ${archive} NAME)
    execute_process(
      COMMAND ${CMAKE_OBJCOPY} --remove-section=.eh_frame ${archive} ${PROJECT_BINARY_DIR}/${name}
      RESULT_VARIABLE status ERROR_QUIET)
    if(status EQUAL 0)
      set_target_properties(${library} PROPERTIES IMPORTED_LOCATION ${PROJECT_BINARY_DIR}/${name})
    endif()
  endif()
endforeach()

function(make_small target)
  set(left_out ${PROJECT_SOURCE_DIR}/cmake/small_program.cpp)
  set(options -static -Wl,--gc-sections)
  set(sources)
  foreach(part icf openssl)
    set(options_with ${options})
    set(sources_with ${sources})
    if(part STREQUAL icf)
      list(APPEND options_with -fuse-ld=gold -Wl,--icf=safe)
    else()
      list(APPEND sources_with ${left_out})
    endif()
    try_run(answer_${part} fits_${part} SOURCES ${PROJECT_SOURCE_DIR}/cmake/small_probe.cpp ${sources_with}
      LINK_OPTIONS ${options_with} LINK_LIBRARIES OpenSSL::SSL OpenSSL::Crypto)
    if(fits_${part} AND answer_${part} EQUAL 0)
      set(options ${options_with})
      set(sources ${sources_with})
    else()
      message(STATUS "${target} stays larger: '${part}' of cmake/small_program.cmake does not fit here")
    endif()
  endforeach()
  set_source_files_properties(${left_out} PROPERTIES COMPILE_OPTIONS -Os)
  target_sources(${target} PRIVATE ${sources})
  target_link_options(${target} PRIVATE ${options})
endfunction()
