package file

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

var archive = content{kind: Other, media: "application/zip", extensions: []string{".zip"}}

// offices are the documents that are archives inside, by the folder (Microsoft) or the media type (OpenDocument) that
// such an archive says.
var offices = map[string]content{
	"word/": {Office, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, false},
	"xl/":   {Office, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, false},
	"ppt/":  {Office, "application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx"}, false},
	"application/vnd.oasis.opendocument.text":         {Office, "application/vnd.oasis.opendocument.text", []string{".odt"}, false},
	"application/vnd.oasis.opendocument.spreadsheet":  {Office, "application/vnd.oasis.opendocument.spreadsheet", []string{".ods"}, false},
	"application/vnd.oasis.opendocument.presentation": {Office, "application/vnd.oasis.opendocument.presentation", []string{".odp"}, false},
}

// examineZip tells a document from an archive by the archive's list of contents. Nothing is unpacked.
func examineZip(r io.ReaderAt, size int64, head []byte) (content, error) {
	if media, ok := openDocument(head); ok {
		if c, ok := offices[media]; ok {
			return c, nil
		}
		return archive, nil
	}
	found, typed, program := archive, false, false
	err := eachInZip(r, size, func(name string) {
		typed = typed || name == "[Content_Types].xml"
		program = program || strings.HasSuffix(name, "vbaProject.bin")
		folder, _, _ := strings.Cut(name, "/")
		if c, ok := offices[folder+"/"]; ok {
			found = c
		}
	})
	switch {
	case err != nil:
		return content{}, err
	case program:
		return other, nil
	case !typed:
		return archive, nil
	}
	return found, nil
}

// openDocument reads what an OpenDocument says first: a file «mimetype», not packed.
func openDocument(head []byte) (string, bool) {
	if len(head) < 38 || binary.LittleEndian.Uint16(head[26:]) != 8 || string(head[30:38]) != "mimetype" || head[8] != 0 {
		return "", false
	}
	begin := 38 + int(binary.LittleEndian.Uint16(head[28:]))
	n := int(binary.LittleEndian.Uint32(head[18:]))
	if n > 100 || begin+n > len(head) {
		return "", false
	}
	return string(head[begin : begin+n]), true
}

// mostNames are as many names of an archive's list as are looked at.
const mostNames = 5000

// eachInZip hands over the names in the list at an archive's end. What is no such list has no names.
func eachInZip(r io.ReaderAt, size int64, each func(name string)) error {
	const tail = 22 + 1<<16
	b, err := readAt(r, max(0, size-tail), tail)
	i := bytes.LastIndex(b, []byte("PK\x05\x06"))
	if err != nil || i < 0 || i+22 > len(b) {
		return err
	}
	at := min(size, int64(binary.LittleEndian.Uint32(b[i+16:])))
	list := bufio.NewReader(io.NewSectionReader(r, at, size-at))
	for range mostNames {
		var h [46]byte
		if _, err := io.ReadFull(list, h[:]); err != nil || string(h[:4]) != "PK\x01\x02" {
			return nil
		}
		name := make([]byte, binary.LittleEndian.Uint16(h[28:]))
		if _, err := io.ReadFull(list, name); err != nil {
			return nil
		}
		each(string(name))
		if _, err := list.Discard(int(binary.LittleEndian.Uint16(h[30:])) + int(binary.LittleEndian.Uint16(h[32:]))); err != nil {
			return nil
		}
	}
	return nil
}
