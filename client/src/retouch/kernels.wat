;; The two sums in which a segmenter spends its time, four channels at once. All addresses are bytes and multiples of 16; *row* is
;; the bytes of one pixel, and so of all its channels.
(module
  (import "page" "memory" (memory 1))

  ;; out[pixel][o] = bias[o] + sum over i of in[pixel][i] * weights[i][o], for a multiple of four pixels.
  (func (export "mix")
    (param $in i32) (param $rowIn i32) (param $pixels i32) (param $weights i32) (param $bias i32) (param $out i32) (param $row i32)
    (local $o i32) (local $i i32) (local $from i32) (local $weight i32) (local $to i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $w v128)
    (loop $pixel
      (local.set $o (i32.const 0))
      (loop $channels
        (local.set $a (v128.load (i32.add (local.get $bias) (local.get $o))))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $weight (i32.add (local.get $weights) (local.get $o)))
        (local.set $i (i32.const 0))
        (loop $sum
          (local.set $w (v128.load (local.get $weight)))
          (local.set $from (i32.add (local.get $in) (local.get $i)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $w) (v128.load32_splat (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $rowIn)))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $w) (v128.load32_splat (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $rowIn)))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $w) (v128.load32_splat (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $rowIn)))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $w) (v128.load32_splat (local.get $from)))))
          (local.set $weight (i32.add (local.get $weight) (local.get $row)))
          (br_if $sum (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $rowIn))))
        (local.set $to (i32.add (local.get $out) (local.get $o)))
        (v128.store (local.get $to) (local.get $a))
        (v128.store (local.tee $to (i32.add (local.get $to) (local.get $row))) (local.get $b))
        (v128.store (local.tee $to (i32.add (local.get $to) (local.get $row))) (local.get $c))
        (v128.store (i32.add (local.get $to) (local.get $row)) (local.get $d))
        (br_if $channels (i32.lt_u (local.tee $o (i32.add (local.get $o) (i32.const 16))) (local.get $row))))
      (local.set $in (i32.add (local.get $in) (i32.shl (local.get $rowIn) (i32.const 2))))
      (local.set $out (i32.add (local.get $out) (i32.shl (local.get $row) (i32.const 2))))
      (br_if $pixel (i32.gt_s (local.tee $pixels (i32.sub (local.get $pixels) (i32.const 4))) (i32.const 0)))))

  ;; Each channel by itself: out[y][x] = bias + sum over a square of *size* around in[y * stride][x * stride]. Outside is 0.
  (func (export "slide")
    (param $in i32) (param $height i32) (param $width i32) (param $row i32) (param $weights i32) (param $size i32)
    (param $stride i32) (param $before i32) (param $bias i32) (param $out i32) (param $heightOut i32) (param $widthOut i32)
    (local $y i32) (local $x i32) (local $o i32) (local $dy i32) (local $dx i32) (local $fromY i32) (local $fromX i32)
    (local $sum v128)
    (loop $line
      (local.set $x (i32.const 0))
      (loop $pixel
        (local.set $o (i32.const 0))
        (loop $channels
          (local.set $sum (v128.load (i32.add (local.get $bias) (local.get $o))))
          (local.set $dy (i32.const 0))
          (loop $down
            (local.set $fromY (i32.sub (i32.add (i32.mul (local.get $y) (local.get $stride)) (local.get $dy)) (local.get $before)))
            (if (i32.lt_u (local.get $fromY) (local.get $height))
              (then
                (local.set $dx (i32.const 0))
                (loop $across
                  (local.set $fromX (i32.sub (i32.add (i32.mul (local.get $x) (local.get $stride)) (local.get $dx)) (local.get $before)))
                  (if (i32.lt_u (local.get $fromX) (local.get $width))
                    (then
                      (local.set $sum
                        (f32x4.add
                          (local.get $sum)
                          (f32x4.mul
                            (v128.load (i32.add (local.get $in) (i32.add (local.get $o)
                              (i32.mul (local.get $row) (i32.add (i32.mul (local.get $fromY) (local.get $width)) (local.get $fromX))))))
                            (v128.load (i32.add (local.get $weights) (i32.add (local.get $o)
                              (i32.mul (local.get $row) (i32.add (i32.mul (local.get $dy) (local.get $size)) (local.get $dx)))))))))))
                  (br_if $across (i32.lt_u (local.tee $dx (i32.add (local.get $dx) (i32.const 1))) (local.get $size))))))
            (br_if $down (i32.lt_u (local.tee $dy (i32.add (local.get $dy) (i32.const 1))) (local.get $size))))
          (v128.store (i32.add (local.get $out) (local.get $o)) (local.get $sum))
          (br_if $channels (i32.lt_u (local.tee $o (i32.add (local.get $o) (i32.const 16))) (local.get $row))))
        (local.set $out (i32.add (local.get $out) (local.get $row)))
        (br_if $pixel (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $widthOut))))
      (br_if $line (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $heightOut))))))
