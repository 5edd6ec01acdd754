// Package wire posts webhooks over HTTP to addresses that somebody typed, and so trusts none of them: what is dialled is checked by
// guard after every name was resolved, no redirect is followed, no proxy of the environment is used, and whatever answers is given little
// time and is read a little way. What is told of a failure is a word, never an address or what a library says.
package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/entregent/entregent/internal/webhook"
	"github.com/entregent/entregent/internal/webhook/guard"
)

// Options say how to post; Private, Roots and Resolver have a zero value that works.
type Options struct {
	Private  []netip.Prefix // networks that may be reached though they are not public
	Timeout  time.Duration  // until a connection stands, and until an answer begins; the whole ends with the context
	Agent    string         // what we call ourselves
	Roots    *x509.CertPool // nil = the system's
	Resolver *net.Resolver  // nil = the system's
}

// MaxAnswer is how many bytes of an answer are read, maxHeader how many of its head.
const (
	MaxAnswer = 1000
	maxHeader = 32 << 10
)

// Client implements webhook.Transport. Make it with New.
type Client struct {
	http  http.Client
	agent string
}

// New makes a client with connections of its own.
func New(o Options) *Client {
	dialer := &net.Dialer{Timeout: o.Timeout, Control: guard.Guard{Allowed: o.Private}.Control, Resolver: o.Resolver}
	return &Client{agent: o.Agent, http: http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, Proxy: nil, DisableCompression: true, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{RootCAs: o.Roots}, TLSHandshakeTimeout: o.Timeout, ResponseHeaderTimeout: o.Timeout,
			MaxResponseHeaderBytes: maxHeader, IdleConnTimeout: 30 * time.Second, MaxIdleConns: 100, MaxIdleConnsPerHost: 2,
		},
	}}
}

// Close ends the connections that are kept.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post implements webhook.Transport.
func (c *Client) Post(ctx context.Context, m webhook.Message) webhook.Outcome {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return webhook.Outcome{Reason: webhook.ByAddress}
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {c.agent},
		"Webhook-Id": {m.ID}, "Webhook-Timestamp": {strconv.FormatInt(m.Seconds, 10)}, "Webhook-Signature": {m.Signature},
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return webhook.Outcome{Reason: reason(err)}
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, MaxAnswer)) // the status has said it; what came of the rest is for the log
	return webhook.Outcome{Status: answer.StatusCode, Answer: clean(text), Wait: wait(answer)}
}

// reason is the word for an error of the client.
func reason(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var slow net.Error
	switch {
	case errors.Is(err, guard.ErrRefused):
		return webhook.ByAddress
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return webhook.ByTime
	case errors.As(err, &name):
		return webhook.ByName
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return webhook.ByTLS
	}
	return webhook.ByConnection
}

// wait is how many seconds an answer that is busy asks for.
func wait(answer *http.Response) time.Duration {
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	n, err := strconv.ParseUint(answer.Header.Get("Retry-After"), 10, 24)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// clean makes one line of text of whatever bytes came.
func clean(b []byte) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, string(b)))
}
