package wire_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/webhook/wire"
)

var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func post(t *testing.T, o wire.Options, url string) webhook.Outcome {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	c := wire.New(o)
	defer c.Close()
	ctx, done := context.WithTimeout(t.Context(), o.Timeout)
	defer done()
	return c.Post(ctx, webhook.Message{URL: url, ID: "msg_1", Seconds: 1614265330, Signature: "v1,a v1,b", Body: []byte(`{"a":1}`)})
}

// reached counts the requests that come to a server.
func reached(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		if handler != nil {
			handler(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func TestPost(t *testing.T) {
	t.Run("it posts the very bytes with the three headers, and nothing of ours besides", func(t *testing.T) {
		var got *http.Request
		var body []byte
		s, _ := reached(t, func(w http.ResponseWriter, r *http.Request) {
			got = r.Clone(context.Background())
			body, _ = io.ReadAll(r.Body)
			io.WriteString(w, "bien\x00 reçu\n\u202e\xff!")
		})
		out := post(t, wire.Options{Private: here, Agent: "Entregent/1"}, s.URL+"/a?b=c")
		if out.Status != 200 || out.Answer != "bien reçu !" || out.Reason != "" {
			t.Errorf("%+v", out)
		}
		want := map[string]string{"Webhook-Id": "msg_1", "Webhook-Timestamp": "1614265330", "Webhook-Signature": "v1,a v1,b", "Content-Type": "application/json", "User-Agent": "Entregent/1"}
		for name, value := range want {
			if got.Header.Get(name) != value {
				t.Errorf("%s: %q", name, got.Header.Get(name))
			}
		}
		for name := range got.Header {
			if want[name] == "" && name != "Content-Length" {
				t.Errorf("%s: %q", name, got.Header.Get(name))
			}
		}
		if got.Method != "POST" || got.URL.String() != "/a?b=c" || string(body) != `{"a":1}` {
			t.Errorf("%s %s %s", got.Method, got.URL, body)
		}
	})
	t.Run("a proxy of the environment is not used", func(t *testing.T) {
		proxy, asked := reached(t, nil)
		s, _ := reached(t, nil)
		t.Setenv("HTTP_PROXY", proxy.URL)
		t.Setenv("HTTPS_PROXY", proxy.URL)
		t.Setenv("ALL_PROXY", proxy.URL)
		if out := post(t, wire.Options{Private: here}, s.URL); out.Status != 200 || asked.Load() != 0 {
			t.Errorf("%+v", out)
		}
	})
	t.Run("what asks to wait says for how long", func(t *testing.T) {
		for value, want := range map[string]time.Duration{"120": 2 * time.Minute, "-1": 0, "soon": 0, "99999999999": 0} {
			s, _ := reached(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", value)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			if out := post(t, wire.Options{Private: here}, s.URL); out.Wait != want || out.Status != 429 {
				t.Errorf("%q: %+v", value, out)
			}
		}
	})
}

// TestSSRF: what somebody types as a webhook leads to no place that only this machine reaches.
func TestSSRF(t *testing.T) {
	inside, reachedInside := reached(t, nil)
	_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())
	t.Run("nothing on this machine or behind it is dialled, however it is written", func(t *testing.T) {
		for _, host := range []string{
			"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.",
			"10.0.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1",
		} {
			out := post(t, wire.Options{Timeout: 5 * time.Second}, "http://"+host+":"+port+"/")
			if out.Status != 0 || out.Reason != webhook.ByAddress && out.Reason != webhook.ByName || reachedInside.Load() != 0 {
				t.Errorf("%s: %+v", host, out)
			}
		}
	})
	t.Run("a redirect to it is not followed", func(t *testing.T) {
		for _, status := range []int{301, 302, 303, 307, 308} {
			outside, _ := reached(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, status) })
			if out := post(t, wire.Options{Private: here}, outside.URL); out.Status != status || reachedInside.Load() != 0 {
				t.Errorf("%+v", out)
			}
		}
	})
	t.Run("a name that leads elsewhere once it was looked at (rebinding) is judged by where it leads when it is dialled", func(t *testing.T) {
		names := newNames(t, "8.8.8.8", "127.0.0.1")
		for _, first := range []string{"looked at before", "dialled"} {
			list, err := names.LookupNetIP(t.Context(), "ip4", "rebind.example")
			if first == "looked at before" && (err != nil || list[0].String() != "8.8.8.8") {
				t.Fatal(list, err)
			}
			if first == "dialled" && (err != nil || list[0].String() != "127.0.0.1") {
				t.Fatal(list, err)
			}
		}
		out := post(t, wire.Options{Resolver: names, Timeout: 20 * time.Second}, "http://rebind.example:"+port+"/")
		if out.Status != 0 || out.Reason != webhook.ByAddress || reachedInside.Load() != 0 {
			t.Errorf("%+v", out)
		}
		if out := post(t, wire.Options{Resolver: names, Private: here, Timeout: 20 * time.Second}, "http://rebind.example:"+port+"/"); out.Status != 200 || reachedInside.Load() != 1 {
			t.Errorf("the same where it is allowed: %+v", out)
		}
	})
}

func TestBadReceivers(t *testing.T) {
	t.Run("one that hangs, before its answer or within it, costs the time and no more", func(t *testing.T) {
		end := make(chan struct{})
		silent, _ := reached(t, func(http.ResponseWriter, *http.Request) { <-end })
		drip, _ := reached(t, func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "…")
			w.(http.Flusher).Flush()
			<-end
		})
		defer close(end)
		if out := post(t, wire.Options{Private: here, Timeout: 200 * time.Millisecond}, silent.URL); out.Status != 0 || out.Reason != webhook.ByTime {
			t.Errorf("%+v", out)
		}
		if out := post(t, wire.Options{Private: here, Timeout: 200 * time.Millisecond}, drip.URL); out.Status != 200 || out.Answer != "…" {
			t.Errorf("%+v", out)
		}
	})
	t.Run("of an answer without end a little is read, of its head little more", func(t *testing.T) {
		var written atomic.Int64
		endless, _ := reached(t, func(w http.ResponseWriter, r *http.Request) {
			for {
				n, err := w.Write([]byte(strings.Repeat("a", 64<<10)))
				if written.Add(int64(n)); err != nil {
					return
				}
			}
		})
		if out := post(t, wire.Options{Private: here}, endless.URL); out.Status != 200 || len(out.Answer) != wire.MaxAnswer || written.Load() > 32<<20 {
			t.Errorf("%d bytes kept, %d written", len(out.Answer), written.Load())
		}
		header, _ := reached(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("a", 100<<10)) })
		if out := post(t, wire.Options{Private: here}, header.URL); out.Status != 0 || out.Reason != webhook.ByConnection {
			t.Errorf("%+v", out)
		}
	})
	t.Run("compressed bytes are not unpacked", func(t *testing.T) {
		bomb, _ := reached(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Error(r.Header)
			}
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "packed")
		})
		if out := post(t, wire.Options{Private: here}, bomb.URL); out.Answer != "packed" {
			t.Errorf("%+v", out)
		}
	})
	t.Run("a certificate that does not hold, nobody there, and a name that leads nowhere are told apart", func(t *testing.T) {
		secure := httptest.NewTLSServer(http.NotFoundHandler())
		secure.Config.ErrorLog = nil
		defer secure.Close()
		if out := post(t, wire.Options{Private: here}, secure.URL); out.Reason != webhook.ByTLS {
			t.Errorf("%+v", out)
		}
		roots := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		if out := post(t, wire.Options{Private: here, Roots: roots}, secure.URL); out.Status != 404 {
			t.Errorf("%+v", out)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if out := post(t, wire.Options{Private: here}, "http://"+l.Addr().String()); out.Reason != webhook.ByConnection {
			t.Errorf("%+v", out)
		}
		if out := post(t, wire.Options{Resolver: newNames(t), Timeout: 20 * time.Second}, "http://nowhere.example"); out.Reason != webhook.ByName {
			t.Errorf("%+v", out)
		}
	})
}

// newNames is a resolver for which every name leads to the first of these addresses when it is asked first, to the second then, and
// so on; to the last for ever; without any there are no names.
func newNames(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		asked := 0
		for b := make([]byte, 1500); ; {
			n, from, err := server.ReadFrom(b)
			if err != nil {
				return
			}
			server.WriteTo(answerOf(b[:n], addresses, &asked), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answerOf is the answer to a question of the DNS (RFC 1035): the question again, and an address where one of IPv4 was asked for.
func answerOf(question []byte, addresses []string, asked *int) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	out := append([]byte{}, question[:end+5]...)
	copy(out[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if len(addresses) == 0 {
		out[3] = 0x83 // no such name
		return out
	}
	if kind != 1 {
		return out
	}
	out[7] = 1
	a := netip.MustParseAddr(addresses[min(*asked, len(addresses)-1)]).As4()
	*asked++
	return append(append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), a[:]...)
}
