package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/entregent/entregent/internal/app"
)

// refusedRows are the rows that an import refused, as the report will show them. The report begins with the counts,
// which stand at the end alone: until then the rows lie in a file without a name, not in memory.
type refusedRows struct {
	json bool
	n    int
	file *os.File
	out  *bufio.Writer
}

func newRefusedRows(json bool) (*refusedRows, error) {
	f, err := os.CreateTemp("", "entregent-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return &refusedRows{json: json, file: f, out: bufio.NewWriter(f)}, nil
}

// add notes one row.
func (r *refusedRows) add(x app.RefusedLine) error {
	if r.n++; r.json {
		return r.addJSON(x)
	}
	for _, f := range append([]app.FaultLine{x.FaultLine}, x.Also...) {
		if _, err := fmt.Fprintf(r.out, "row %d, %s: %s (%s)\n", x.Row, f.Column, f.Message, f.Code); err != nil {
			return err
		}
	}
	return nil
}

func (r *refusedRows) addJSON(x app.RefusedLine) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if r.n > 1 {
		b = append([]byte(","), b...)
	}
	_, err = r.out.Write(b)
	return err
}

// writeTo writes all that was noted.
func (r *refusedRows) writeTo(w io.Writer) error {
	if err := r.out.Flush(); err != nil {
		return err
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, r.file)
	return err
}

func (r *refusedRows) close() { r.file.Close() }

// report writes what became of the import.
func (i importCmd) report(w io.Writer, result app.ImportResult, rows *refusedRows) error {
	head, tail := i.words(result), ""
	if i.JSON {
		var err error
		if head, tail, err = brackets(result); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	if err := rows.writeTo(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, tail)
	return err
}

// words is what the report for persons begins with.
func (i importCmd) words(r app.ImportResult) string {
	var b strings.Builder
	if i.DryRun {
		b.WriteString("Nothing was changed. It would be: ")
	}
	fmt.Fprintf(&b, "%d new, %d changed, %d unchanged, %d refused.\n", r.New, r.Changed, r.Unchanged, r.Refused)
	if r.Organizations > 0 {
		fmt.Fprintf(&b, "organisations made for them: %d\n", r.Organizations)
	}
	if len(r.UnknownColumns) > 0 {
		fmt.Fprintf(&b, "columns passed over: %s\n", strings.Join(r.UnknownColumns, ", "))
	}
	return b.String()
}

// brackets is what stands before and behind the refused rows in the report for programs. Its form is a promise.
func brackets(r app.ImportResult) (head, tail string, err error) {
	b, err := json.Marshal(struct {
		New            int        `json:"new"`
		Changed        int        `json:"changed"`
		Unchanged      int        `json:"unchanged"`
		Refused        []struct{} `json:"refused"`
		UnknownColumns []string   `json:"unknown_columns,omitempty"`
		Organizations  int        `json:"organizations,omitempty"`
	}{r.New, r.Changed, r.Unchanged, []struct{}{}, r.UnknownColumns, r.Organizations})
	before, after, _ := bytes.Cut(b, []byte("[]"))
	return string(before) + "[", "]" + string(after) + "\n", err
}
