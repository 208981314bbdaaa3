package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// What a client may take of the server's time and memory. An answer of 10 MB gets
// through in writeTimeout at 100 kB/s.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 100 * time.Second
	idleTimeout       = time.Minute
	maxHeaderBytes    = 16 << 10
	goodbye           = 2 * time.Second // for answers under way when the context ends
)

// Listen opens a TCP address, host:port. Without allowRemote it must be one of the
// loopback, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080; port 0 takes a free
// one. The error does not name the option that the address came from.
func Listen(address string, allowRemote bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("got %q; want host:port, such as 127.0.0.1:8080", address)
	}
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("got %q: %w", address, cause(err))
	}
	if !allowRemote && (host == "" || !resolved.IP.IsLoopback()) {
		return nil, fmt.Errorf("got %q, which other machines may reach; want an address of the loopback, such as 127.0.0.1:%d, or --allow-remote",
			address, resolved.Port)
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fmt.Errorf("got %q: %w", address, cause(err))
	}
	return listener, nil
}

// cause takes the operation and the address off an error of package net.
func cause(err error) error {
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err
	}
	return err
}

// New makes the server of a handler. Requests are answered if their Host header names
// localhost, the address that the client is connected to, or one of hosts: names or
// addresses without a port. It fails if one of hosts is neither.
func New(handler http.Handler, hosts []string) (*http.Server, error) {
	allowed := map[string]bool{"localhost": true}
	for _, host := range hosts {
		name, ok := hostname(host)
		if !ok {
			return nil, fmt.Errorf("got host %q; want a name or an address without scheme, port or path, such as sim.example.org", host)
		}
		allowed[name] = true
	}
	return &http.Server{
		Handler:           &gate{inner: handler, allowed: allowed},
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,

		DisableGeneralOptionsHandler: true, // or OPTIONS * would be answered without the gate
	}, nil
}

// Serve answers requests until the context ends, then lets those under way finish
// for a moment. It closes the listener. The end of the context is no error.
func Serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close() // what is cut off has nobody to be told
		}
	})
	err := server.Serve(listener)
	if !stop() {
		<-ended
		return nil
	}
	return err
}

// gate passes on the requests that may be answered.
type gate struct {
	inner   http.Handler
	allowed map[string]bool
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	switch {
	case !g.knows(r):
		http.Error(w, "this host name is not served here (want localhost, the address of this server, or a name given by --allow-host)",
			http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
	case r.ContentLength != 0:
		http.Error(w, "requests with a body are not answered here", http.StatusBadRequest)
	default:
		g.inner.ServeHTTP(w, r)
	}
}

// knows says whether the client names this server as it may be named. The port is not
// compared: tunnels and proxies change it, and no site can have another's.
func (g *gate) knows(r *http.Request) bool {
	host := r.Host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		host = bare
	} else if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	name, ok := hostname(host)
	if !ok {
		return false
	}
	return g.allowed[name] || name == connected(r)
}

// connected is the address that the client is connected to, in its canonical form.
func connected(r *http.Request) string {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return ""
	}
	return local.AddrPort().Addr().Unmap().WithZone("").String()
}

// hostname is the canonical form of a name or an address without a port: two that are
// equal reach the same host.
func hostname(text string) (string, bool) {
	if address, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return address.Unmap().WithZone("").String(), true
	}
	name := strings.ToLower(strings.TrimSuffix(text, "."))
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.ContainsFunc(label, notInName) {
			return "", false
		}
	}
	return name, true
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
