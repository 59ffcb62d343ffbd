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
  # Entry 1 is a DW_TAG_compile_unit. It has children, and the attributes low_pc and high_pc.
  .uleb128 1, 0x11
  .byte 1
  .uleb128 0x11, 1, 0x12, 7, 0, 0
  # Entry 2 is a DW_TAG_subprogram. It has children, and the attributes low_pc, high_pc and abstract_origin.
  .uleb128 2, 0x2e
  .byte 1
  .uleb128 0x11, 1, 0x12, 7, 0x31, 0x13, 0, 0
  # Entry 3 is a DW_TAG_subprogram. It has no children, and the attribute name.
  .uleb128 3, 0x2e
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
