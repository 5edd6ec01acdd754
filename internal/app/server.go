package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/entregent/entregent/internal/config"
)

// server is one address and what answers there.
type server struct {
	http     *http.Server
	listener net.Listener
}

// listen takes the address; nobody is answered before serve. One that cannot be had is an ErrConfiguration.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var how net.ListenConfig
	l, err := how.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: listen: %w", ErrConfiguration, err)
	}
	return l, nil
}

// serve answers by h until stop, and tells broken when it ends otherwise.
func serve(l net.Listener, h http.Handler, c config.Server, log *slog.Logger, broken chan<- error) *server {
	s := &server{listener: l, http: &http.Server{
		Handler:           h,
		ReadHeaderTimeout: c.HeaderTimeout.Duration(),
		ReadTimeout:       c.ReadTimeout.Duration(),
		WriteTimeout:      c.WriteTimeout.Duration(),
		IdleTimeout:       c.IdleTimeout.Duration(),
		MaxHeaderBytes:    c.HeaderLimit,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken connections; they name client addresses
	}}
	go func() {
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			select {
			case broken <- err:
			default:
			}
		}
	}()
	return s
}

// stop takes no more requests and waits for those in flight as long as ctx lasts; then it cuts them off.
func (s *server) stop(ctx context.Context) error {
	if s == nil {
		return nil
	}
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests in flight were cut off: %w", err), s.http.Close())
	}
	return err
}
