/* names URL: look-ups of host names. URL is http://localhost:PORT of a service that has chats. The program's own getaddrinfo
 * stands in for the system's. */
#include "async.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLERS = 8, CLIENTS = 5 };

static const char *url;
static atomic_int lookups, in_flight, most_in_flight;
static atomic_bool hangs, fails;
static struct addrinfo answer;
static struct sockaddr_in address;

/* The thread of a lookup, as the host sees it. */
static void look_at_thread(void) {
  char name[16] = "";
  sigset_t blocked;
  CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "desk-dns") == 0);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0);
  CHECK(sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGUSR1) && sigismember(&blocked, SIGPIPE));
  CHECK(!sigismember(&blocked, SIGSEGV));
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **out) {
  (void)service;
  CHECK(strcmp(host, "localhost") == 0 && hints);
  look_at_thread();
  lookups++;
  const int now = ++in_flight;
  if (now > most_in_flight) most_in_flight = now;
  while (hangs) wait_us(1000);
  in_flight--;
  if (fails) return EAI_NONAME;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  answer.ai_family = AF_INET;
  answer.ai_socktype = SOCK_STREAM;
  answer.ai_addrlen = sizeof address;
  answer.ai_addr = (struct sockaddr *)&address;
  *out = &answer;
  return 0;
}

void freeaddrinfo(struct addrinfo *info) { CHECK(info == &answer); }

static desk_client *impatient(void) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(url);
  options.api_token = DESK_STR_LIT("t0ken");
  options.connect_timeout_ms = 200;
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  return client;
}

static desk_status get(desk_client *client, int32_t attempts) {
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.max_attempts = attempts;
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  const desk_status status = desk_proactive_chat_get(client, 1, &options, &chat, &error);
  CHECK(status == DESK_OK || desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  desk_proactive_chat_free(chat);
  desk_error_free(error);
  return status;
}

static void *call_in_vain(void *client) {
  for (int i = 0; i < 3; i++) CHECK(get(client, 2) == DESK_TIMEOUT);
  return NULL;
}

/* Callers and clients that abandon a lookup leave it behind, and all of them share it. */
static void hanging(void) {
  hangs = true;
  const int before = threads();
  desk_client *client = impatient();
  pthread_t callers[CALLERS];
  for (int i = 0; i < CALLERS; i++) CHECK(pthread_create(&callers[i], NULL, call_in_vain, client) == 0);
  for (int i = 0; i < CALLERS; i++) CHECK(pthread_join(callers[i], NULL) == 0);
  desk_client_free(client);
  for (int i = 0; i < CLIENTS; i++) {
    desk_client *next = impatient();
    CHECK(get(next, 1) == DESK_TIMEOUT);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    desk_client_free(next);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK(end.tv_sec - start.tv_sec < 5);
  }
  CHECK(lookups == 1 && most_in_flight == 1 && threads() == before + 1);
  /* A client without a lookup does not wait for it. */
  desk_client_free(impatient());
  /* A client whose lookup ends in time gets its address. */
  client = impatient();
  CHECK(get(client, 1) == DESK_TIMEOUT);
  hangs = false;
  CHECK(get(client, 5) == DESK_OK && most_in_flight == 1);
  desk_client_free(client);
  for (int i = 0; i < 10000 && threads() > before; i++) wait_us(1000);
  CHECK(threads() == before);
}

static void failing(void) {
  desk_client *client = impatient();
  fails = true;
  desk_call_options once = DESK_CALL_OPTIONS_INIT;
  once.max_attempts = 1;
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  CHECK(desk_proactive_chat_get(client, 1, &once, &chat, &error) == DESK_CONNECT && !chat);
  CHECK(desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "failed to lookup address information"));
  desk_error_free(error);
  fails = false;
  CHECK(get(client, 5) == DESK_OK);
  desk_client_free(client);
  /* The thread has ended with the client. */
  CHECK(threads() == 1);
}

/* A child has no running lookup of its parent. */
static void forked(void) {
  hangs = true;
  desk_client *client = impatient();
  CHECK(get(client, 1) == DESK_TIMEOUT);
  const pid_t child = fork();
  if (child == 0) {
    hangs = false;
    desk_client *own = impatient();
    const char *verdict = get(own, 5) == DESK_OK ? "true" : "false";
    desk_client_free(own);
    /* Runs another program, so that no code of this one runs when the child ends. */
    execlp(verdict, verdict, (char *)NULL);
    _exit(EXIT_FAILURE);
  }
  int status = 1;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  hangs = false;
  CHECK(get(client, 5) == DESK_OK);
  desk_client_free(client);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  url = argv[1];
  failing();
  forked();
  lookups = most_in_flight = 0;
  hanging();
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
