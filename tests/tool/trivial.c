// A minimal HTTP/1.1 server on loopback: one epoll loop, one constant answer. With a second argument N it freezes for one second in
// every N seconds, to show which load generators measure the freeze.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    static char buffer[65536];
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
    double every = count > 2 ? atof(arguments[2]) : 0, freeze = now() + every;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096))
        return 1;
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;)
    {
        int ready = epoll_wait(poll, events, 256, -1);
        if (every > 0 && now() > freeze)
        {
            sleep(1);
            freeze = now() + every - 1;
        }
        for (int i = 0; i < ready; i++)
        {
            int from = events[i].data.fd;
            if (from != listener)
            {
                if (read(from, buffer, sizeof buffer) <= 0 || write(from, answer, sizeof answer - 1) < 0)
                    close(from);
                continue;
            }
            while ((event.data.fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0)
            {
                setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
            }
        }
    }
}
