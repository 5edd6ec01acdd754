package walks_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"testing"
)

// slight is a picture with the 64 colours that it has most of, which is all that a page in plain colours needs: a quarter
// of the bytes.
func slight(t *testing.T, shot []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	box := picture.Bounds()
	whole := image.NewRGBA(box)
	draw.Draw(whole, box, picture, box.Min, draw.Src)
	few := image.NewPaletted(box, mostUsed(whole, 64))
	nearest := map[color.RGBA]uint8{}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := whole.RGBAAt(x, y)
			i, ok := nearest[c]
			if !ok {
				i = uint8(few.Palette.Index(c))
				nearest[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mostUsed are at most n colours of a picture, by how much of it they cover.
func mostUsed(picture *image.RGBA, n int) color.Palette {
	covers := map[color.RGBA]int{}
	box := picture.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			covers[picture.RGBAAt(x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(covers))
	for c := range covers {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(covers[b], covers[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := make(color.Palette, 0, n)
	for _, c := range all[:min(n, len(all))] {
		palette = append(palette, c)
	}
	return palette
}
