// The memory of a program that serves: how much of what is free it keeps, and giving that back. The
// settings are the process's, so only a program's own main() may make them.
#pragma once

namespace understudy {

/// Left alone, malloc learns from one body of 16 MB to keep as much at hand for ever, per thread.
/// Before there are threads.
void let_go_of_memory();

/// Gives back all that is free, the end of this thread's heap too. Not from two threads at once.
void give_back_heap();

/// Gives back the pages of the program's own code; those that run come again from the file, each at
/// its next use: a tenth of a millisecond in all.
void give_back_code();

}  // namespace understudy
