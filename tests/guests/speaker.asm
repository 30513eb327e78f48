; SPDX-License-Identifier: Apache-2.0

; A guest that says what it reads: a boot sector for SeaBIOS.
;
; On its first serial port it prints a line when it boots, a line for each of
; its disks, and a line a second from then on:
;
;   boot
;   disk 0 first ........ swap .......... text text of the image count 00000001
;   tick 00000001
;
; first: the first 8 bytes; swap: where mkswap puts its magic; text: 16 bytes
; at 1 MiB; count: how often it has booted with this disk, which it keeps on
; it, in the cluster of its boot sector. What cannot be printed is a dot.

        bits 16
        org 0x7c00

sector  equ 0x8000              ; where sectors are read to
COUNT   equ 1                 ; the sector with the count: no file system uses it
SWAP    equ 7                   ; the sector at whose end mkswap's magic is
TEXT    equ 2048                ; the sector with the image's text

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
        mov si, s_boot
        call string
disk:   xor eax, eax
        call read
        jc clock                ; there is no other disk
        mov si, s_disk
        call string
        mov al, [drive]
        sub al, 0x80 - '0'
        call char
        mov si, s_first
        mov bx, sector
        mov cx, 8
        call quote
        mov eax, SWAP
        call read
        mov si, s_swap
        mov bx, sector + 502
        mov cx, 10
        call quote
        mov eax, TEXT
        call read
        mov si, s_text
        mov bx, sector
        mov cx, 16
        call quote
        mov eax, COUNT
        call read
        inc dword [sector]
        mov eax, COUNT
        call write
        mov si, s_count
        call string
        mov eax, [sector]
        call number
        inc byte [drive]
        jmp disk

clock:  mov al, 0xfb            ; let nothing but the clock interrupt: the
        out 0x21, al            ; timer, at 18 times a second, is work for QEMU
        mov al, 0xfe
        out 0xa1, al
        mov al, 0x0b
        out 0x70, al
        in al, 0x71
        or al, 0x10             ; the clock, each second
        out 0x71, al
tick:   mov si, s_tick
        call string
        inc dword [ticks]
        mov eax, [ticks]
        call number
        sti
        hlt
        jmp tick

read:   mov byte [action], 0x42
        jmp transfer
write:  mov byte [action], 0x43
transfer:                       ; the sector eax; carry: there is no such disk
        mov [packet.lba], eax
        mov si, packet
        mov dl, [drive]
        mov ah, [action]
        int 0x13
        ret

quote:  call string             ; the string at si, then cx bytes at bx
.next:  mov al, [bx]
        inc bx
        cmp al, ' '
        jb .dot
        cmp al, '~'
        jbe .put
.dot:   mov al, '.'
.put:   call char
        loop .next
        ret

number: mov cx, 8               ; eax in hexadecimal, and the end of a line
.next:  rol eax, 4
        push eax
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 'a' - '9' - 1
.put:   call char
        pop eax
        loop .next
        mov al, 10
        jmp char

string: lodsb                   ; the bytes at si, up to a zero
        test al, al
        jz char.done
        call char
        jmp string

char:   push ax                 ; al, when the port is ready for it
        mov dx, 0x3fd
.wait:  in al, dx
        test al, 0x20
        jz .wait
        pop ax
        mov dx, 0x3f8
        out dx, al
.done:  ret

s_boot: db 10, 'boot', 10, 0
s_disk: db 'disk ', 0
s_first: db ' first ', 0
s_swap: db ' swap ', 0
s_text: db ' text ', 0
s_count: db ' count ', 0
s_tick: db 'tick ', 0

packet: db 16, 0                ; of the extended disk functions
        dw 1                    ; one sector
        dw sector, 0
.lba:   dd 0, 0
drive:  db 0x80
action: db 0
ticks:  dd 0

        ; A partition: Nova looks whether a raw image is a disk.
        times 446 - ($ - $$) db 0
        db 0x80, 0, 2, 0, 0x83, 0, 2, 0
        dd 2048, 2048
        times 510 - ($ - $$) db 0
        dw 0xaa55
