package page

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"sync"

	"github.com/superoffice/statusd/web/ui"
)

// Pictures are for where SVG is not read: what others show when somebody shares the page, and the symbol on a phone's screen. They
// have no letters: the colour and the symbol of the headline, whatever the language.
const (
	previewPath = "/assets/preview." // then the headline and .png
	touchPath   = "/assets/touch."
	applePath   = "/apple-touch-icon.png" // asked for by devices, of the headline as it is
	oldIconPath = "/favicon.ico"          // asked for by what reads no HTML
)

// bands are the colours of the headlines, as in the style.
var bands = map[Headline]color.RGBA{
	AllOK: {0x0d, 0x5b, 0x39, 0xff}, Some: {0x86, 0x3a, 0x02, 0xff}, Major: {0x8f, 0x10, 0x24, 0xff},
	Maintenance: {0x1a, 0x43, 0x8f, 0xff}, Unknown: {0x43, 0x4d, 0x58, 0xff},
}

// point is a place in a symbol, whose middle is 0, 0 and whose edge is 1 away.
type point struct{ x, y float64 }

// figures of the symbols: a white shape, and strokes of the ground's colour on it.
var drawings = map[Headline]struct {
	shape   func(point) float64 // distance from its edge, negative inside
	strokes [][]point
}{
	AllOK:       {circle, [][]point{{{-.44, .03}, {-.12, .35}, {.46, -.3}}}},
	Some:        {lowered(corners(-90, 3, 1.15), .22), [][]point{{{0, -.35}, {0, .14}}, {{0, .47}, {0, .48}}}},
	Major:       {corners(22.5, 8, 1.04), [][]point{{{-.32, -.32}, {.32, .32}}, {{.32, -.32}, {-.32, .32}}}},
	Maintenance: {square, [][]point{{{-.25, -.4}, {-.25, .4}}, {{.25, -.4}, {.25, .4}}}},
	Unknown:     {circle, [][]point{{{-.4, 0}, {.4, 0}}}},
}

// strokeWidth is half the width of a stroke.
const strokeWidth = .11

func circle(p point) float64 { return math.Hypot(p.x, p.y) - 1 }

// square has round corners.
func square(p point) float64 {
	const round, half = .25, .92
	x, y := math.Abs(p.x)-half+round, math.Abs(p.y)-half+round
	return math.Hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - round
}

// corners is a regular polygon of n corners, the first at an angle in degrees.
func corners(first float64, n int, radius float64) func(point) float64 {
	inner, sides := radius*math.Cos(math.Pi/float64(n)), make([]point, n)
	for i := range sides {
		a := first*math.Pi/180 + (2*float64(i)+1)*math.Pi/float64(n) // where the side's middle lies
		sides[i] = point{math.Cos(a), math.Sin(a)}
	}
	return func(p point) float64 {
		d := math.Inf(-1)
		for _, side := range sides {
			d = max(d, p.x*side.x+p.y*side.y-inner)
		}
		return d
	}
}

// lowered is a shape that lies lower by so much.
func lowered(shape func(point) float64, by float64) func(point) float64 {
	return func(p point) float64 { return shape(point{p.x, p.y - by}) }
}

// line is the distance of p from a stroke's middle.
func line(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/length, 0), 1)
	}
	return math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy)
}

// shades are the steps from the ground to white at the edge of a shape.
const shades = 32

// draw makes a picture with the symbol of h in its middle, radius pixels from there to its edge.
func draw(h Headline, width, height int, radius float64) []byte {
	ground, figure := bands[h], drawings[h]
	palette := make(color.Palette, shades)
	for i := range palette {
		mix := func(c uint8) uint8 { return uint8(int(c) + (255-int(c))*i/(shades-1)) }
		palette[i] = color.RGBA{mix(ground.R), mix(ground.G), mix(ground.B), 0xff}
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	cover := func(distance float64) float64 { return min(max(.5-distance*radius, 0), 1) }
	for y := range height {
		for x := range width {
			p := point{(float64(x) + .5 - float64(width)/2) / radius, (float64(y) + .5 - float64(height)/2) / radius}
			if math.Abs(p.x) > 1.2 || math.Abs(p.y) > 1.2 {
				continue
			}
			white := cover(figure.shape(p))
			for _, stroke := range figure.strokes {
				for i := 1; i < len(stroke) && white > 0; i++ {
					white *= 1 - cover(line(p, stroke[i-1], stroke[i])-strokeWidth)
				}
			}
			img.Pix[y*img.Stride+x] = uint8(white*(shades-1) + .5)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil // a buffer takes everything, and the picture has a size
	}
	return b.Bytes()
}

// pictures are made when first asked for, once for each headline.
var pictures = func() map[string]func() *ui.Doc {
	all := map[string]func() *ui.Doc{}
	for h := range bands {
		add := func(path string, width, height int, radius float64) {
			all[path+string(h)+".png"] = sync.OnceValue(func() *ui.Doc {
				return ui.NewDoc(draw(h, width, height, radius), ui.DocOptions{Type: "image/png", Cache: "public, max-age=86400", Header: anyOrigin})
			})
		}
		add(previewPath, 1200, 630, 190)
		add(touchPath, 180, 180, 60)
	}
	return all
}()

// deviceIcons are the touch pictures again, to be asked for anew after a while, since their address says nothing of the headline.
var deviceIcons = func() map[Headline]func() *ui.Doc {
	all := map[Headline]func() *ui.Doc{}
	for h := range bands {
		all[h] = sync.OnceValue(func() *ui.Doc {
			return ui.NewDoc(pictures[touchPath+string(h)+".png"]().Body, ui.DocOptions{Type: "image/png", Header: anyOrigin})
		})
	}
	return all
}()

// anyOrigin lets other sites show a picture.
var anyOrigin = map[string][]string{"Cross-Origin-Resource-Policy": {"cross-origin"}}

// picture is that at path; nil where there is none.
func (s *State) picture(path string) *ui.Doc {
	if path == applePath || path == oldIconPath {
		return deviceIcons[s.Headline]()
	}
	if !strings.HasPrefix(path, "/assets/") {
		return nil
	}
	if made := pictures[path]; made != nil {
		return made()
	}
	return nil
}
