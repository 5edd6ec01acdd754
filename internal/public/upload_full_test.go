package public_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestUploadsOnAFullDisk: a file for which there is no room is a 507 that a person can read, and leaves nothing; one for which
// there is goes on being taken. It needs a small file system of its own, where one may be mounted.
func TestUploadsOnAFullDisk(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("none", small, "tmpfs", 0, "size=1m"); err != nil {
		t.Logf("no file system of one’s own: %v", err)
		return
	}
	t.Cleanup(func() { syscall.Unmount(small, syscall.MNT_DETACH) }) //nolint:errcheck // a test's own
	clock := sqldbtest.NewClock()
	o := newPostOfficeIn(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, small, file.Settings{})
	b := o.browser().signIn()
	b.send(letters, comment("x"), attached("large.bin", strings.Repeat("x", 2<<20))).want(http.StatusInsufficientStorage, "espace de stockage du service est plein")
	if blobs, rows := o.left(); blobs != 0 || rows != 0 {
		t.Errorf("%d blobs, %d rows", blobs, rows)
	}
	b.send(letters, comment("x"), attached("small.txt", "x")).wantTo("/brenval/office")
	if got := names(o.came()); len(got) != 1 {
		t.Error(got)
	}
}
