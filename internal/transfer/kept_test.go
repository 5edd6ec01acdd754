package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
)

// receive sends a file, as the page does.
func (h host) receive(with string, body io.Reader) (transfer.Transfer, error) {
	o, _ := options(with)
	return transfer.Receive(h.Context(), h.db, h.by, transfer.Settings{Bytes: 1 << 20}, transfer.Upload{Noun: transfer.Contacts, Name: `C:\tmp\people.csv`, Options: o}, body)
}

func lines(all ...string) io.Reader { return strings.NewReader(strings.Join(all, "\r\n")) }

func (h host) get(t transfer.Transfer) (now transfer.Transfer) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		now, err = transfer.Get(h.Context(), tx, h.by, t.ID)
		return err
	})
	return now
}

func (h host) count(table string) (n int64) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(h.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM `+table)
		return err
	})
	return n
}

func runner(t *testing.T, db *sqldb.DB) (runDue func()) {
	t.Helper()
	r := job.New(db, job.Options{Log: slog.New(slog.DiscardHandler)})
	transfer.Register(r, transfer.Settings{})
	t.Cleanup(func() { _ = r.Stop(context.Background()) })
	return func() {
		t.Helper()
		if _, err := r.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKept(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		all := newHost(t, db, "brenval", "school")
		all.organization("Corvenne", corvenne)
		runDue := runner(t, db)
		bad := corvenne + ";;=Du\u200Brand;Zoé;;;;\"Zoe@corvenne.example\""

		var kept transfer.Transfer
		t.Run("a file is kept and looked at by a job, which changes nothing", func(t *testing.T) {
			h := all.in(t)
			var err error
			if kept, err = h.receive("", lines(header+";Couleur", durand, bad, martin)); err != nil {
				t.Fatal(err)
			}
			if kept.State != transfer.Checking || kept.FileName != "people.csv" || strings.Join(kept.UnknownColumns, ",") != "Couleur" {
				t.Errorf("%+v", kept)
			}
			runDue()
			kept = h.get(kept)
			if kept.State != transfer.Checked || kept.Counts != (transfer.Counts{New: 2, Refused: 1}) || kept.Total != 3 || len(h.everybody()) != 0 {
				t.Errorf("%+v", kept)
			}
		})
		t.Run("the refused rows are listed, and written in the columns of the file with the reason", func(t *testing.T) {
			h := all.in(t)
			h.view(func(tx *sqldb.Tx) error {
				list, err := transfer.Refusals(t.Context(), tx, h.by, kept, 0, 10)
				if err != nil || len(list) != 1 || list[0].Row != 3 || len(list[0].Faults) != 2 || list[0].Faults[1].Message.Proposal != "zoe@corvenne.example" {
					t.Errorf("%+v %v", list, err)
				}
				return nil
			})
			var b bytes.Buffer
			if err := transfer.WriteRefused(t.Context(), db, h.by, kept.ID, &b, printer(locale.French)); err != nil {
				t.Fatal(err)
			}
			want := "\uFEFF" + header + ";Couleur;Motif\r\n" + corvenne + ";;'=Du\u200Brand;Zoé;;;;Zoe@corvenne.example;;Nom – Ce texte"
			if !strings.HasPrefix(b.String(), want) {
				t.Errorf("%q", b.String())
			}
		})
		t.Run("it can be checked again with other options", func(t *testing.T) {
			h := all.in(t)
			o, _ := options("ca")
			h.update(func(tx *sqldb.Tx) error { return transfer.Check(t.Context(), tx, h.by, kept.ID, o) })
			runDue()
			kept = h.get(kept)
			if kept.State != transfer.Checked || kept.Options != o || kept.Counts != (transfer.Counts{New: 2, Refused: 1}) {
				t.Errorf("%+v", kept)
			}
		})
		t.Run("started, it is imported once, however often it is started", func(t *testing.T) {
			h := all.in(t)
			for range 2 {
				h.update(func(tx *sqldb.Tx) error { return transfer.Start(t.Context(), tx, h.by, kept.ID) })
			}
			runDue()
			h.update(func(tx *sqldb.Tx) error { return transfer.Start(t.Context(), tx, h.by, kept.ID) })
			runDue()
			kept = h.get(kept)
			if kept.State != transfer.Done || kept.Counts != (transfer.Counts{New: 2, Refused: 1}) || kept.Percent() != 100 || len(h.everybody()) != 2 {
				t.Errorf("%+v", kept)
			}
		})
		t.Run("what has ended is not cancelled, nor checked again", func(t *testing.T) {
			h := all.in(t)
			h.update(func(tx *sqldb.Tx) error { return transfer.Cancel(t.Context(), tx, h.by, kept.ID) })
			if h.get(kept).State != transfer.Done {
				t.Error("cancelled")
			}
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return transfer.Check(t.Context(), tx, h.by, kept.ID, transfer.Options{}) })
			if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("a file that cannot be used is refused at once, beside its field, and not kept", func(t *testing.T) {
			h := all.in(t)
			before := h.count("transfer_chunk")
			for content, key := range map[string]string{
				"%PDF-1.7": "transfer.file_no_table", "": "transfer.file_empty", "a;b\n1;2\n": "transfer.header_unknown.contacts",
				header + "\n" + strings.Repeat(durand+"\n", 20_000): "transfer.file_too_large",
			} {
				_, err := h.receive("", strings.NewReader(content))
				if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "file" || f.Fields[0].Key != key {
					t.Errorf("%v, want %s", err, key)
				}
			}
			if _, err := h.receive("", iotest.ErrReader(errors.New("gone"))); err == nil || fault.As(err) != nil {
				t.Error(err)
			}
			if h.count("transfer_chunk") != before || h.count("transfer") != 1 {
				t.Error("something was kept")
			}
		})
		t.Run("a file that turns out broken after its header fails, with the reason", func(t *testing.T) {
			h := all.in(t)
			broken, err := h.receive("", lines(header, durand, corvenne+";;\"never closed", strings.Repeat("x", 900_000)))
			if err != nil {
				t.Fatal(err)
			}
			runDue()
			if broken = h.get(broken); broken.State != transfer.Checked {
				t.Errorf("%+v", broken) // a cell of 900 kB is still a row
			}
		})
		t.Run("cancelled before it was started, it never begins", func(t *testing.T) {
			h := all.in(t)
			k, err := h.receive("", lines(header, durand))
			if err != nil {
				t.Fatal(err)
			}
			h.update(func(tx *sqldb.Tx) error { return transfer.Cancel(t.Context(), tx, h.by, k.ID) })
			runDue()
			if k = h.get(k); k.State != transfer.Cancelled {
				t.Errorf("%+v", k)
			}
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error { return transfer.Start(t.Context(), tx, h.by, k.ID) })
			if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("whoever started it must still be allowed to import when the job runs", func(t *testing.T) {
			h := all.in(t)
			h.by = actor.Actor{Kind: actor.Staff, Workspace: h.by.Workspace, Login: id.NewLogin(), Role: actor.StaffAdmin}
			k, err := h.receive("", lines(header, durand))
			if err != nil {
				t.Fatal(err)
			}
			runDue()
			if k = h.get(k); k.State != transfer.Failed || k.Failure.Key != "fault.forbidden" {
				t.Errorf("%+v", k)
			}
		})
		t.Run("another workspace's import does not exist", func(t *testing.T) {
			other := newHost(t, db, "lannoy", "school")
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return transfer.Cancel(t.Context(), tx, other.by, kept.ID) })
			if !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if err := transfer.WriteRefused(t.Context(), db, other.by, kept.ID, io.Discard, printer(locale.French)); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("when its retention is over it goes, with its file and its refused rows", func(t *testing.T) {
			h := all.in(t)
			clock.Pass(time.Hour)
			if err := transfer.Sweep(t.Context(), db, transfer.Settings{Retention: 2 * time.Hour}); err != nil || h.count("transfer") == 0 {
				t.Errorf("swept too early (%v)", err)
			}
			clock.Pass(2 * time.Hour)
			if err := transfer.Sweep(t.Context(), db, transfer.Settings{Retention: 2 * time.Hour}); err != nil {
				t.Fatal(err)
			}
			if n := h.count("transfer") + h.count("transfer_chunk") + h.count("transfer_refusal"); n != 0 {
				t.Errorf("%d rows stayed", n)
			}
		})
	})
}

func TestKeptXLSX(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		runDue := runner(t, db)
		t.Run("a workbook of several parts is read from the database as from a disk", func(t *testing.T) {
			var rows []string
			for n := range 3000 {
				rows = append(rows, fmt.Sprintf("%s;;Du%s;Zoé;;;%x;", corvenne, letters(n), n*7919))
			}
			h.want(h.run(transfer.Contacts, "c", file(append([]string{header}, rows...)...)), "3000 new, 0 changed, 0 unchanged, 1 organisations")
			book := h.export(transfer.Contacts, list.XLSX, locale.French)
			k, err := transfer.Receive(t.Context(), db, h.by, transfer.Settings{}, transfer.Upload{Noun: transfer.Contacts, Name: "people.xlsx"}, bytes.NewReader(book))
			if err != nil {
				t.Fatal(err)
			}
			runDue()
			if k = h.get(k); k.State != transfer.Checked || k.Counts != (transfer.Counts{Unchanged: 3000}) {
				t.Errorf("%+v (%d bytes)", k, len(book))
			}
		})
	})
}

// letters writes a number in letters, as a part of a name.
func letters(n int) string {
	return strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprint(n))
}
