package file

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
)

var (
	pdfBegin   = regexp.MustCompile(`^%PDF-[12]\.\d`)
	pdfStart   = regexp.MustCompile(`startxref\s+(\d{1,10})\s+%%EOF`)
	pdfEncrypt = regexp.MustCompile(`/Encrypt\s*(\d+\s+\d+\s+R|<<)`)
	pdfObject  = regexp.MustCompile(`^\s*\d+\s+\d+\s+obj\b`)
)

// pdfTail is how far from the end a PDF may still say that it ends, as its readers have it.
const pdfTail = 1024

// examinePDF takes for a PDF what begins as one with its first byte and ends as one; anything else that begins so is
// Other, broken off or made to pass for two things at once.
func examinePDF(r io.ReaderAt, size int64, head []byte) (content, error) {
	tail, err := readAt(r, max(0, size-pdfTail), pdfTail)
	if err != nil || !pdfBegin.Match(head) || !bytes.Contains(tail, []byte("%%EOF")) {
		return other, err
	}
	c := content{kind: PDF, media: "application/pdf", extensions: []string{".pdf"}}
	c.encrypted, err = isEncrypted(r, size, tail)
	return c, err
}

// isEncrypted looks whether the trailer names what is needed to decrypt. The trailer stands where the end says: behind a
// table of references, or as the dictionary of a stream of them. Where the end says nothing of use the whole file is
// looked through, as a reader that mends it does.
func isEncrypted(r io.ReaderAt, size int64, tail []byte) (bool, error) {
	all := pdfStart.FindAllSubmatch(tail, -1)
	if len(all) == 0 {
		return seek(r, 0, size, pdfEncrypt, nil)
	}
	at, _ := strconv.ParseInt(string(all[len(all)-1][1]), 10, 64)
	begin, err := readAt(r, at, 64)
	switch {
	case err != nil:
		return false, err
	case bytes.HasPrefix(bytes.TrimLeft(begin, " \t\r\n"), []byte("xref")):
		return seek(r, at, size, pdfEncrypt, []byte("startxref"))
	case pdfObject.Match(begin):
		return seek(r, at, size, pdfEncrypt, []byte("stream"))
	}
	return seek(r, 0, size, pdfEncrypt, nil)
}

// seek looks for a pattern from one place on, a piece at a time, up to the first end; nil = to the end of the file.
func seek(r io.ReaderAt, at, size int64, pattern *regexp.Regexp, end []byte) (bool, error) {
	const piece, overlap = 32 << 10, 128
	for ; at < size; at += piece {
		b, err := readAt(r, at, piece+overlap)
		if err != nil {
			return false, err
		}
		over := false
		if end != nil {
			if i := bytes.Index(b, end); i >= 0 {
				b, over = b[:i], true
			}
		}
		if pattern.Match(b) {
			return true, nil
		}
		if over {
			return false, nil
		}
	}
	return false, nil
}

// readAt reads up to n bytes; fewer where the file ends.
func readAt(r io.ReaderAt, at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := r.ReadAt(b, at)
	return b[:n], ignore(err, io.EOF)
}
