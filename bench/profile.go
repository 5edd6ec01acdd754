package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// profiled measures an operation, and meanwhile keeps where the server's CPU goes if it was told to (-profiles).
func (r *run) profiled(ctx context.Context, op operation) (sample, error) {
	if r.profiles == "" {
		return r.target.run(op, r.lasts)
	}
	kept := make(chan error, 1)
	go func() { kept <- r.keepProfile(ctx, op) }()
	s, err := r.target.run(op, r.lasts)
	return s, errors.Join(err, <-kept)
}

// keepProfile writes one profile into a file that is named after the operation, for as long as it is measured.
func (r *run) keepProfile(ctx context.Context, op operation) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", r.metrics, int(r.lasts.Seconds()))
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s", a.Status)
	}
	name := strings.NewReplacer(" ", "-", "/", "-", ",", "", "'", "").Replace(fmt.Sprint(op.key, "-", op.name, "-", op.clients))
	f, err := os.Create(filepath.Join(r.profiles, name+".prof"))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, a.Body)
	return errors.Join(err, f.Close())
}
