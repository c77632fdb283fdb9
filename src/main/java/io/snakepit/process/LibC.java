package io.snakepit.process;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;

/** Functions of the C library that we need, under their own names. */
interface LibC extends Library {
  LibC INSTANCE = Native.load(Platform.C_LIBRARY_NAME, LibC.class);

  int kill(int pid, int signal) throws LastErrorException;

  int killpg(int group, int signal) throws LastErrorException;

  long syscall(long number, Object... arguments) throws LastErrorException;

  int waitpid(int pid, IntByReference status, int options);

  int close(int descriptor);

  int getrlimit(int resource, long[] softAndHard);

  int geteuid();
}
