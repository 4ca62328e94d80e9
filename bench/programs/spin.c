/* Keeps a CPU busy at the lowest priority: an idle virtual CPU halts, and its wake-up takes
 * longer than a call.
 * spin CPU; ends with its parent. */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  cpu_set_t cpus;
  struct sched_param lowest = {0};
  if (argc != 2 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() == 1) return 1;
  CPU_ZERO(&cpus);
  CPU_SET(strtoul(argv[1], NULL, 10), &cpus);
  if (sched_setaffinity(0, sizeof cpus, &cpus) != 0 || sched_setscheduler(0, SCHED_IDLE, &lowest) != 0) return 1;
  for (;;) {
  }
}
