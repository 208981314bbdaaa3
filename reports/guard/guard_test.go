package guard

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// served starts a server that answers "inside" and returns its address.
func served(t *testing.T, change func(*http.Server), hosts ...string) string {
	t.Helper()
	server, err := New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "inside")
	}), hosts)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(server)
	}
	listener, err := Listen("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- Serve(ctx, server, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// ask sends a request as it stands and returns the status, the header and the body of
// the answer.
func ask(t *testing.T, address, request string) (int, http.Header, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, request)
	method, _, _ := strings.Cut(request, " ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(body)
}

func TestOnlyRequestsMeantForTheServerAreAnswered(t *testing.T) {
	address := served(t, nil, "Sim.example.org")
	_, port, _ := net.SplitHostPort(address)
	get := func(host string) string { return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"address":           {get(address), 200},
		"localhost":         {get("LOCALHOST.:" + port), 200},
		"port of a tunnel":  {get("localhost:1"), 200},
		"no port":           {get("127.0.0.1"), 200},
		"mapped address":    {get("[::ffff:127.0.0.1]:" + port), 200},
		"allowed":           {get("sim.example.ORG:" + port), 200},
		"head":              {"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
		"rebound name":      {get("evil.example:" + port), 421},
		"below an allowed":  {get("x.sim.example.org"), 421},
		"name with address": {get("127.0.0.1.evil.example"), 421},
		"other address":     {get("10.0.0.1:" + port), 421},
		"other loopback":    {get("127.0.0.2"), 421},
		"empty":             {get(""), 421},
		"none":              {"GET / HTTP/1.0\r\n\r\n", 421},
		"missing":           {"GET / HTTP/1.1\r\n\r\n", 400},
		"two":               {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
		"in the target":     {"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
		"post":              {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405},
		"put":               {"PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
		"delete":            {"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
		"trace":             {"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
		"options of all":    {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
		"connect":           {"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
		"made up":           {"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
		"body":              {"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 400},
		"chunked body":      {"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400},
		"large header": {"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 2*maxHeaderBytes) +
			"\r\n\r\n", 431},
		"many headers": {"GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X: y\r\n", maxHeaderBytes) + "\r\n", 431},
		"long target":  {"GET /" + strings.Repeat("x", 2*maxHeaderBytes) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, body := ask(t, address, c.request)
			if status != c.status {
				t.Errorf("status %d; want %d (%s)", status, c.status, body)
			}
			if (c.status != 200) == strings.Contains(body, "inside") && !strings.HasPrefix(c.request, "HEAD") {
				t.Errorf("status %d with %q", c.status, body)
			}
			if strings.Contains(body, "evil") {
				t.Errorf("the answer repeats what the client sent: %q", body)
			}
		})
	}
}

func TestEveryAnswerHasStrictHeaders(t *testing.T) {
	address := served(t, nil)
	for _, host := range []string{"localhost", "evil.example"} {
		_, header, _ := ask(t, address, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("host %s: %s is %q; want %q", host, name, got, want)
			}
		}
	}
}

// A client that never ends its header, its body or its reading is cut off: the test
// hangs otherwise.
func TestSlowClientsAreCutOff(t *testing.T) {
	server, err := New(http.NotFoundHandler(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, limit := range map[string]time.Duration{"read header": server.ReadHeaderTimeout, "read": server.ReadTimeout,
		"write": server.WriteTimeout, "idle": server.IdleTimeout} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("time to %s: %v; want one, and of minutes at most", name, limit)
		}
	}
	address := served(t, func(s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout = 20*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond
	})
	for name, request := range map[string]string{
		"says nothing":        "",
		"half a request line": "GET / HT",
		"endless header":      "GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
		"idle afterwards":     "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"body that is late":   "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, request)
			io.Copy(io.Discard, conn) // until the server hangs up
		})
	}
	t.Run("does not read", func(t *testing.T) {
		failed := make(chan error, 1)
		slow, err := New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var err error
			for err == nil {
				_, err = w.Write(make([]byte, 1<<20))
			}
			failed <- err
		}), nil)
		if err != nil {
			t.Fatal(err)
		}
		slow.WriteTimeout = 20 * time.Millisecond
		listener, err := Listen("127.0.0.1:0", false)
		if err != nil {
			t.Fatal(err)
		}
		go slow.Serve(listener)
		defer slow.Close()
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-failed
	})
}

func TestOnlyTheLoopbackIsListenedOnUnlessAllowed(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "127.0.0.1", "127.0.0.1:http-or-what", "127.0.0.1:99999", ""} {
		if listener, err := Listen(address, false); err == nil {
			listener.Close()
			t.Errorf("%q: listens", address)
		} else if !strings.HasPrefix(err.Error(), "got ") {
			t.Errorf("%q: %v; want what was got", address, err)
		}
	}
	for _, address := range []string{"localhost:0", "127.0.0.1:0", "127.0.0.2:0"} {
		listener, err := Listen(address, false)
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		listener.Close()
	}
	listener, err := Listen("0.0.0.0:0", true)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if _, err := Listen(listener.Addr().String(), true); err == nil || strings.Contains(err.Error(), "listen tcp") {
		t.Errorf("an address in use: %v; want the cause alone", err)
	}
}

func TestAllowedHostsAreNames(t *testing.T) {
	for _, host := range []string{"", "http://sim.example.org", "sim.example.org:8080", "sim/x", "*", "a..b", "sim example", "a,b"} {
		if _, err := New(http.NotFoundHandler(), []string{host}); err == nil {
			t.Errorf("%q is taken", host)
		}
	}
	if _, err := New(http.NotFoundHandler(), []string{"sim.example.org.", "::1", "[::1]", "10.0.0.1", "build_1"}); err != nil {
		t.Error(err)
	}
}
