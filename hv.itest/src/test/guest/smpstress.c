// What harts do to each other under Linux: locks, futexes, signals, fork and exec, and a clock that all of them read.
// smpstress MODE SECONDS: prints "MODE ok SUMS" and ends with 0, or says what is wrong and ends with 1.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, MAX_CPUS = 64 };
static int seconds;
static atomic_int stop;

static int64_t now(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t)) { perror("clock_gettime"); exit(1); }
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int wrong(const char *what, long got, long wanted) {
    printf("%s: %ld, expected %ld\n", what, got, wanted);
    return 1;
}

static void start(pthread_t *t, void *(*f)(void *), void *arg) {
    int e = pthread_create(t, NULL, f, arg);
    if (e) { fprintf(stderr, "pthread_create: %s\n", strerror(e)); exit(1); }
}

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set)) { perror("sched_setaffinity"); exit(1); }
}

// ---- locks: a plain counter under a mutex, one under a spin lock of our own, one atomic, one by compare-and-swap

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_flag spin = ATOMIC_FLAG_INIT;
static long guarded, spun;
static atomic_long added;
static _Atomic uint32_t swapped;

static void *locker(void *arg) {
    long *rounds = arg;
    while (!atomic_load(&stop)) {
        for (int i = 0; i < 100; i++) {
            pthread_mutex_lock(&mutex);
            guarded++;
            pthread_mutex_unlock(&mutex);
            for (int tries = 0; atomic_flag_test_and_set_explicit(&spin, memory_order_acquire); tries++)
                if (tries > 100) sched_yield();
            spun++;
            atomic_flag_clear_explicit(&spin, memory_order_release);
            atomic_fetch_add_explicit(&added, 1, memory_order_relaxed);
            uint32_t v = atomic_load_explicit(&swapped, memory_order_relaxed);
            while (!atomic_compare_exchange_weak_explicit(&swapped, &v, v + 1, memory_order_relaxed, memory_order_relaxed)) { }
            ++*rounds;
        }
    }
    return NULL;
}

static int locks(void) {
    pthread_t t[THREADS];
    long rounds[THREADS][16] = {0}, sum = 0;
    for (int i = 0; i < THREADS; i++) start(&t[i], locker, rounds[i]);
    sleep(seconds);
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++) { pthread_join(t[i], NULL); sum += rounds[i][0]; }
    if (guarded != sum) return wrong("under a mutex", guarded, sum);
    if (spun != sum) return wrong("under a spin lock", spun, sum);
    if (atomic_load(&added) != sum) return wrong("added", atomic_load(&added), sum);
    if (atomic_load(&swapped) != (uint32_t)sum) return wrong("swapped", atomic_load(&swapped), sum);
    printf("locks ok %ld\n", sum);
    return sum == 0;
}

// ---- futexes: tokens go round a ring of threads

static _Atomic int32_t ring[THREADS];
static long passed[THREADS];

static long futex(_Atomic int32_t *at, int op, int value) {
    return syscall(SYS_futex, at, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void *passer(void *arg) {
    int me = (int)(intptr_t)arg, next = (me + 1) % THREADS;
    for (;;) {
        int32_t tokens = atomic_exchange(&ring[me], 0);
        if (tokens == 0) {
            if (atomic_load(&stop)) return NULL;
            if (futex(&ring[me], FUTEX_WAIT, 0) && errno != EAGAIN && errno != EINTR) { perror("futex"); exit(1); }
            continue;
        }
        passed[me] += tokens;
        atomic_fetch_add(&ring[next], tokens);
        futex(&ring[next], FUTEX_WAKE, 1);
        if (atomic_load(&stop)) return NULL;
    }
}

static int futexes(void) {
    pthread_t t[THREADS];
    atomic_store(&ring[0], 1);
    atomic_store(&ring[THREADS / 2], 2);
    for (int i = 0; i < THREADS; i++) start(&t[i], passer, (void *)(intptr_t)i);
    sleep(seconds);
    atomic_store(&stop, 1);
    // Who waits for a token sees the end only when woken: again and again, since one may be about to wait.
    for (int i = 0; i < THREADS; i++) {
        struct timespec pause = {0, 1000000};
        while (pthread_tryjoin_np(t[i], NULL) == EBUSY) {
            futex(&ring[i], FUTEX_WAKE, THREADS);
            nanosleep(&pause, NULL);
        }
    }
    long left = 0, all = 0;
    for (int i = 0; i < THREADS; i++) { left += atomic_load(&ring[i]); all += passed[i]; }
    if (left != 3) return wrong("tokens in the ring", left, 3);
    printf("futexes ok %ld\n", all);
    return all == 0;
}

// ---- signals: each is answered, across harts, and found once

static atomic_long caught;

static void on_signal(int n) { (void)n; atomic_fetch_add(&caught, 1); }

static void *receiver(void *arg) {
    (void)arg;
    while (!atomic_load(&stop)) { }
    return NULL;
}

static int signals(void) {
    struct sigaction a = {.sa_handler = on_signal};
    if (sigaction(SIGUSR1, &a, NULL)) { perror("sigaction"); return 1; }
    pthread_t t[2];
    for (int i = 0; i < 2; i++) start(&t[i], receiver, NULL);
    long sent = 0;
    for (int64_t end = now() + seconds * INT64_C(1000000000); now() < end; sent++) {
        pthread_kill(t[sent & 1], SIGUSR1);
        // A signal that is pending already would be merged with the next.
        for (int64_t late = now() + INT64_C(20000000000); atomic_load(&caught) <= sent; )
            if (now() > late) return wrong("signals caught", atomic_load(&caught), sent + 1);
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    if (atomic_load(&caught) != sent) return wrong("signals caught", atomic_load(&caught), sent);
    printf("signals ok %ld\n", sent);
    return sent == 0;
}

// ---- fork and exec: children change memory that they share and memory that they do not, are replaced by this program, and come back

static const char *self;

static int forks(void) {
    atomic_long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) { perror("mmap"); return 1; }
    volatile long own = 7;
    long children = 0, status_sum = 0, wanted = 0;
    for (int64_t end = now() + seconds * INT64_C(1000000000); now() < end; ) {
        pid_t pid[4];
        for (int i = 0; i < 4; i++) {
            pid[i] = fork();
            if (pid[i] < 0) { perror("fork"); return 1; }
            if (pid[i] == 0) {
                own += i;
                atomic_fetch_add(shared, own);
                char number[8];
                snprintf(number, sizeof number, "%d", (int)((children + i) & 63));
                execl(self, self, "exit", number, (char *)NULL);
                _exit(127);
            }
            wanted += (children + i) & 63;
        }
        for (int i = 0; i < 4; i++) {
            int status;
            if (waitpid(pid[i], &status, 0) != pid[i] || !WIFEXITED(status)) return wrong("child ended", status, 0);
            status_sum += WEXITSTATUS(status);
        }
        children += 4;
    }
    if (own != 7) return wrong("memory of the parent alone", own, 7);
    if (atomic_load(shared) != children * 7 + children / 4 * 6) return wrong("shared memory", atomic_load(shared), children * 7 + children / 4 * 6);
    if (status_sum != wanted) return wrong("exit statuses", status_sum, wanted);
    printf("forks ok %ld\n", children);
    return children == 0;
}

// ---- memory that is unmapped and mapped again by one thread while others use theirs: TLBs of all harts are shot down

static void *mapper(void *arg) {
    long *rounds = arg;
    while (!atomic_load(&stop)) {
        long *m = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (m == MAP_FAILED) { perror("mmap"); exit(1); }
        for (int i = 0; i < 4; i++) {
            if (m[i * 512] != 0) { printf("a fresh page holds %lx\n", m[i * 512]); exit(1); }
            m[i * 512] = (long)m + i;
        }
        for (int i = 0; i < 4; i++)
            if (m[i * 512] != (long)m + i) { printf("page %d holds %lx, expected %lx\n", i, m[i * 512], (long)m + i); exit(1); }
        if (mprotect(m, 4096, PROT_READ) || munmap(m, 16384)) { perror("munmap"); exit(1); }
        ++*rounds;
    }
    return NULL;
}

static int maps(void) {
    pthread_t t[THREADS];
    long rounds[THREADS][16] = {0}, sum = 0;
    for (int i = 0; i < THREADS; i++) start(&t[i], mapper, rounds[i]);
    sleep(seconds);
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++) { pthread_join(t[i], NULL); sum += rounds[i][0]; }
    printf("maps ok %ld\n", sum);
    return sum == 0;
}

// ---- the clock: what one hart has read is never later than what another reads afterwards

static _Atomic int64_t latest;
static atomic_long backwards;

static void *reader(void *arg) {
    long *reads = arg;
    pin((int)reads[1]);
    while (!atomic_load(&stop)) {
        int64_t seen = atomic_load(&latest);
        int64_t t = now();
        if (t < seen) atomic_fetch_add(&backwards, 1);
        while (seen < t && !atomic_compare_exchange_weak(&latest, &seen, t)) { }
        ++reads[0];
    }
    return NULL;
}

static int clocks(void) {
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (cpus > MAX_CPUS) cpus = MAX_CPUS;
    pthread_t t[MAX_CPUS];
    static long reads[MAX_CPUS][16];
    long sum = 0;
    for (int i = 0; i < cpus; i++) { reads[i][1] = i; start(&t[i], reader, reads[i]); }
    sleep(seconds);
    atomic_store(&stop, 1);
    for (int i = 0; i < cpus; i++) {
        pthread_join(t[i], NULL);
        if (reads[i][0] == 0) return wrong("reads by a hart", 0, 1);
        sum += reads[i][0];
    }
    if (atomic_load(&backwards)) return wrong("times that the clock went back", atomic_load(&backwards), 0);
    printf("clocks ok %ld on %d harts\n", sum, cpus);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "exit")) return atoi(argv[2]);
    static const struct { const char *name; int (*run)(void); } modes[] = {
        {"locks", locks}, {"futexes", futexes}, {"signals", signals}, {"forks", forks}, {"maps", maps}, {"clocks", clocks}};
    self = "/proc/self/exe";
    seconds = argc == 3 ? atoi(argv[2]) : 0;
    for (unsigned i = 0; seconds > 0 && i < sizeof modes / sizeof modes[0]; i++)
        if (!strcmp(argv[1], modes[i].name)) return modes[i].run();
    fprintf(stderr, "smpstress locks|futexes|signals|forks|maps|clocks SECONDS\n");
    return 2;
}
