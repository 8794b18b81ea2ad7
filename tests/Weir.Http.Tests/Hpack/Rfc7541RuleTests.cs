using Weir.Http.Hpack;

namespace Weir.Http.Tests.Hpack;

/// <summary>Each MUST of RFC 7541 that a decoder can break.</summary>
public sealed class Rfc7541RuleTests
{
    [Theory]
    [InlineData("80", HpackStatus.BadIndex)]
    [InlineData("be", HpackStatus.BadIndex)]
    [InlineData("7e0161", HpackStatus.BadIndex)]
    [InlineData("ff", HpackStatus.BadInteger)]
    [InlineData("ffffffffffffff7f", HpackStatus.BadInteger)]
    [InlineData("ff8080808080808000", HpackStatus.BadInteger)]
    [InlineData("40", HpackStatus.Truncated)]
    [InlineData("400161", HpackStatus.Truncated)]
    [InlineData("4003616200", HpackStatus.Truncated)]
    [InlineData("8220", HpackStatus.BadSizeUpdate)]
    [InlineData("20202082", HpackStatus.BadSizeUpdate)]
    [InlineData("3fe21f", HpackStatus.BadSizeUpdate)]
    [InlineData("00016184ffffffff", HpackStatus.BadHuffman)]
    [InlineData("00016182ffff", HpackStatus.BadHuffman)]
    [InlineData("00016181ff", HpackStatus.BadHuffman)]
    [InlineData("00016181fe", HpackStatus.BadHuffman)]
    [InlineData("0001618118", HpackStatus.BadHuffman)]
    public void Blocks_that_cannot_be_decoded_are_refused(string block, HpackStatus status) =>
        TakenFields.Decode(new HpackDecoder(), Convert.FromHexString(block)).Status.ShouldBe(status);

    [Fact]
    public void A_size_update_at_the_start_empties_the_table()
    {
        HpackDecoder decoder = new();
        TakenFields.Decode(decoder, Convert.FromHexString("400161016241016341016482")).Status.ShouldBe(HpackStatus.Done);
        decoder.TableCount.ShouldBe(3);
        TakenFields.Decode(decoder, Convert.FromHexString("203fe11f82")).ShouldBe((HpackStatus.Done, ":method: GET"));
        decoder.TableCount.ShouldBe(0);
    }

    [Fact]
    public void A_smaller_size_that_was_agreed_must_be_confirmed_at_the_next_block()
    {
        HpackDecoder decoder = new();
        decoder.SetAllowedSize(100);
        TakenFields.Decode(decoder, [0x82]).Status.ShouldBe(HpackStatus.MissingSizeUpdate);
        HpackDecoder other = new();
        other.SetAllowedSize(100);
        TakenFields.Decode(other, Convert.FromHexString("3f4582")).Status.ShouldBe(HpackStatus.Done);
        TakenFields.Decode(other, Convert.FromHexString("3f4682")).Status.ShouldBe(HpackStatus.BadSizeUpdate);
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it_and_is_no_error()
    {
        HpackDecoder decoder = new(64);
        TakenFields.Decode(decoder, Convert.FromHexString("4001610162")).Status.ShouldBe(HpackStatus.Done);
        decoder.TableCount.ShouldBe(1);
        byte[] large = [0x40, 1, (byte)'a', 40, .. Enumerable.Repeat((byte)'x', 40)];
        TakenFields.Decode(decoder, large).Status.ShouldBe(HpackStatus.Done);
        decoder.TableCount.ShouldBe(0);
    }

    [Fact]
    public void A_name_may_refer_to_an_entry_that_is_evicted_by_its_own()
    {
        HpackDecoder decoder = new(40);
        TakenFields.Decode(decoder, Convert.FromHexString("4001610162")).Status.ShouldBe(HpackStatus.Done);
        TakenFields.Decode(decoder, Convert.FromHexString("7e03787878be")).ShouldBe((HpackStatus.Done, "a: xxx\na: xxx"));
        decoder.TableCount.ShouldBe(1);
    }

    [Theory]
    [InlineData("41", "", FieldFaults.BadName)]
    [InlineData("6120", "", FieldFaults.BadName)]
    [InlineData("", "61", FieldFaults.BadName)]
    [InlineData("61", "0a", FieldFaults.BadValue)]
    [InlineData("61", "00", FieldFaults.BadValue)]
    [InlineData("61", "2061", FieldFaults.BadValue)]
    [InlineData("61", "6109", FieldFaults.BadValue)]
    [InlineData("61", "e4", FieldFaults.None)]
    public void What_a_field_may_not_hold_is_seen(string name, string value, FieldFaults fault)
    {
        byte[] nameOctets = Convert.FromHexString(name);
        byte[] valueOctets = Convert.FromHexString(value);
        TakenFields taken = new();
        byte[] block = [0x40, (byte)nameOctets.Length, .. nameOctets, (byte)valueOctets.Length, .. valueOctets, 0xBE];
        new HpackDecoder().Decode(block, new byte[4096], taken).ShouldBe(HpackStatus.Done);
        taken.Faults.ShouldBe([fault, fault]);
    }
}
