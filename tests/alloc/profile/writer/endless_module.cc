// A function whose debug information is damaged: it is declared inside itself.
asm(R"(
  .text
  .globl address_in_module
  .type address_in_module, @function
address_in_module:
.Lcode:
  lea .Lcode(%rip), %rax
  ret
.Lcode_end:
  .size address_in_module, . - address_in_module
  .section .debug_abbrev, "", @progbits
  .uleb128 1, 0x11  # DW_TAG_compile_unit, with children: low_pc, high_pc
  .byte 1
  .uleb128 0x11, 1, 0x12, 7, 0, 0
  .uleb128 2, 0x2e  # DW_TAG_subprogram, with children: low_pc, high_pc, abstract_origin
  .byte 1
  .uleb128 0x11, 1, 0x12, 7, 0x31, 0x13, 0, 0
  .uleb128 3, 0x2e  # DW_TAG_subprogram: name
  .byte 0
  .uleb128 0x3, 8, 0, 0
  .byte 0
  .section .debug_info, "", @progbits
.Lunit:
  .long .Lunit_end - .Lunit_begin
.Lunit_begin:
  .value 4
  .long .debug_abbrev
  .byte 8
  .uleb128 1
  .quad .Lcode, .Lcode_end - .Lcode
  .uleb128 2
  .quad .Lcode, .Lcode_end - .Lcode
  .long .Linner - .Lunit
.Linner:
  .uleb128 3
  .string "inner"
  .byte 0, 0
.Lunit_end:
  .text
)");
