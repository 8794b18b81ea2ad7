using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class DnsMessageTests
{
    private const ushort Id = 0x1234;
    private const string Host = "www.example.test";
    private static readonly DnsQuestion _question = new(Host, DnsType.A);

    [Theory]
    [InlineData(DnsType.A)]
    [InlineData(DnsType.Aaaa)]
    [InlineData(DnsType.Srv)]
    public void A_query_asks_one_question_with_recursion_and_room_for_1232_octets(object typeValue)
    {
        DnsType type = (DnsType)typeValue;
        byte[] octets = new byte[DnsMessage.MaxQueryLength];
        int length = DnsMessage.WriteQuery(octets, Id, new DnsQuestion("a.bc", type), hasEdns: true, wantsAuthenticData: false);

        octets[..length].ShouldBe((byte[])
        [
            0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
            1, (byte)'a', 2, (byte)'b', (byte)'c', 0, 0, (byte)type, 0, 1,
            0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0,
        ]);
    }

    [Fact]
    public void A_query_without_edns_has_no_additional_record_and_can_ask_for_authentic_data()
    {
        byte[] octets = new byte[DnsMessage.MaxQueryLength];
        int length = DnsMessage.WriteQuery(octets, Id, new DnsQuestion("a.bc", DnsType.A), hasEdns: false, wantsAuthenticData: true);

        octets[..length].ShouldBe((byte[])
        [
            0x12, 0x34, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 2, (byte)'b', (byte)'c', 0, 0, 1, 0, 1,
        ]);
    }

    [Fact]
    public void The_longest_name_fits_into_a_query()
    {
        string name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        name.Length.ShouldBe(DnsName.MaxLength);
        byte[] octets = new byte[DnsMessage.MaxQueryLength];
        DnsMessage.WriteQuery(octets, Id, new DnsQuestion(name, DnsType.A), hasEdns: true, wantsAuthenticData: false)
            .ShouldBe(DnsMessage.MaxQueryLength);
        DnsMessage message = Read(new AnswerWriter(Id, name, 1).Address(name, "192.0.2.1"), new DnsQuestion(name, DnsType.A));
        message.Answers[0].Name.ShouldBe(name);
    }

    [Fact]
    public void Addresses_aliases_and_servers_are_read()
    {
        DnsMessage message = Read(new AnswerWriter(Id, Host, 1)
            .Alias(Host, "Real.Example.TEST", 5)
            .Address("real.example.test", "192.0.2.7", 7)
            .Address("real.example.test", "2001:db8::7", 8)
            .Server("_x._tcp.test", 1, 2, 8080, "s.test", 9)
            .Zone("example.test", 100, 30)
            .Edns());

        message.Answers.Select(r => r.Type).ShouldBe([DnsType.CName, DnsType.A, DnsType.Aaaa, DnsType.Srv]);
        message.Answers[0].Target.ShouldBe("real.example.test");
        message.Answers[0].TtlSeconds.ShouldBe(5u);
        message.Answers[1].Address.ToString().ShouldBe("192.0.2.7");
        message.Answers[2].Address.ToString().ShouldBe("2001:db8::7");
        (message.Answers[3].Priority, message.Answers[3].Weight, message.Answers[3].Port, message.Answers[3].Target)
            .ShouldBe(((ushort)1, (ushort)2, (ushort)8080, "s.test"));
        message.Authorities.ShouldHaveSingleItem().Minimum.ShouldBe(30u);
        message.HasEdns.ShouldBeTrue();
        message.IsRecursive.ShouldBeTrue();
        message.IsAuthoritative.ShouldBeFalse();
    }

    [Fact]
    public void Names_are_compared_without_regard_to_case() =>
        Read(new AnswerWriter(Id, "WWW.Example.TEST", 1).Address("wWw.example.test", "192.0.2.1")).Answers[0].Name.ShouldBe(Host);

    [Fact]
    public void Compressed_names_are_read()
    {
        DnsMessage message = Read(WithOwner(0xC0, 12));
        message.Answers[0].Name.ShouldBe(Host);
    }

    [Fact]
    public void Octets_that_would_make_a_name_ambiguous_are_escaped()
    {
        // One label "a.b" is not the two labels "a" and "b".
        DnsMessage message = Read(WithOwner(3, (byte)'a', (byte)'.', (byte)'b', 0));
        message.Answers[0].Name.ShouldBe("a\\046b");
    }

    [Fact]
    public void Records_of_other_types_and_classes_are_passed_over()
    {
        DnsMessage message = Read(new AnswerWriter(Id, Host, 1)
            .Record(6, Host, 16, 60, [3, 1, 2, 3])
            .Record(6, Host, 1, 60, [1, 2, 3], kind: 3)
            .Address(Host, "192.0.2.1")
            .Record(10, "ns.test", 1, 60, [192, 0, 2, 9]));
        message.Answers.ShouldHaveSingleItem().Address.ToString().ShouldBe("192.0.2.1");
    }

    [Fact]
    public void A_ttl_with_the_top_bit_is_zero() =>
        Read(new AnswerWriter(Id, Host, 1).Address(Host, "192.0.2.1", 0x8000_0001)).Answers[0].TtlSeconds.ShouldBe(0u);

    [Fact]
    public void Edns_adds_upper_bits_to_the_code() =>
        Read(new AnswerWriter(Id, Host, 1).Edns(upperCode: 1)).Code.ShouldBe(DnsResponseCode.BadVersion);

    [Fact]
    public void A_truncated_message_is_read_up_to_its_question()
    {
        DnsMessage message = Read(new AnswerWriter(Id, Host, 1).Count(6, 40).Raw(1, 2, 3).Flag(2, 0x02));
        message.IsTruncated.ShouldBeTrue();
        message.Answers.ShouldBeEmpty();
    }

    [Fact]
    public void A_failure_may_leave_the_question_out_but_an_answer_may_not()
    {
        byte[] failure = [0x12, 0x34, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0];
        DnsMessage.TryRead(failure, Id, _question, out DnsMessage? message).ShouldBe(DnsDefect.None);
        message!.Code.ShouldBe(DnsResponseCode.FormatError);
        failure[3] = 0x80;
        DnsMessage.TryRead(failure, Id, _question, out _).ShouldBe(DnsDefect.WrongQuestion);
    }

    [Fact]
    public void An_answer_to_another_query_is_refused()
    {
        Defect(new AnswerWriter(Id + 1, Host, 1)).ShouldBe(DnsDefect.WrongId);
        Defect(new AnswerWriter(Id, "other.example.test", 1)).ShouldBe(DnsDefect.WrongQuestion);
        Defect(new AnswerWriter(Id, Host, 28)).ShouldBe(DnsDefect.WrongQuestion);
        Defect(new AnswerWriter(Id, Host, 1).Count(4, 2)).ShouldBe(DnsDefect.WrongQuestion);
        byte[] query = new byte[DnsMessage.MaxQueryLength];
        int length = DnsMessage.WriteQuery(query, Id, _question, hasEdns: false, wantsAuthenticData: false);
        DnsMessage.TryRead(query.AsSpan(0, length), Id, _question, out _).ShouldBe(DnsDefect.NotAnAnswer);
    }

    [Fact]
    public void A_compression_pointer_that_does_not_point_backwards_is_refused()
    {
        int at = new AnswerWriter(Id, Host, 1).ToArray().Length;
        Defect(WithOwner(0xC0, (byte)at)).ShouldBe(DnsDefect.BadPointer);
        Defect(WithOwner(0xC0, (byte)(at + 2))).ShouldBe(DnsDefect.BadPointer);
        Defect(WithOwner(1, (byte)'a', 0xC0, (byte)at)).ShouldBe(DnsDefect.BadPointer);
        Defect(WithOwner(0xC0, 4)).ShouldBe(DnsDefect.BadPointer);
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(33, true)]
    public void Chained_jumps_are_bounded(int jumps, bool isRefused)
    {
        // The content of a record that is passed over holds pointers, each to the one before it, the first to the question's name.
        AnswerWriter writer = new(Id, Host, 1);
        int at = writer.ToArray().Length + 1 + 10;
        List<byte> chain = [0xC0, 12];
        for (int i = 2; i < jumps; i++)
        {
            int previous = at + chain.Count - 2;
            chain.AddRange([(byte)(0xC0 | (previous >> 8)), (byte)previous]);
        }

        // The last jump is the owner of the record behind.
        int last = at + chain.Count - 2;
        writer.Record(6, "", 16, 1, [.. chain]).Count(6, 2)
            .Raw((byte)(0xC0 | (last >> 8)), (byte)last, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1);

        Defect(writer).ShouldBe(isRefused ? DnsDefect.BadPointer : DnsDefect.None);
    }

    [Fact]
    public void A_name_that_is_too_long_or_has_an_unknown_label_is_refused()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] tooLong = [.. label, .. label, .. label, .. label, 0];
        Defect(new AnswerWriter(Id, Host, 1).Count(6, 1).Raw(tooLong)).ShouldBe(DnsDefect.BadName);
        Defect(new AnswerWriter(Id, Host, 1).Count(6, 1).Raw([0x40, .. new byte[70]])).ShouldBe(DnsDefect.BadName);
        Defect(new AnswerWriter(Id, Host, 1).Count(6, 1).Raw([0x80, .. new byte[140]])).ShouldBe(DnsDefect.BadName);
    }

    [Fact]
    public void Counts_that_the_octets_cannot_hold_are_refused_before_anything_is_read()
    {
        Defect(new AnswerWriter(Id, Host, 1).Count(6, 0xFFFF)).ShouldBe(DnsDefect.ImpossibleCount);
        Defect(new AnswerWriter(Id, Host, 1).Count(8, 1)).ShouldBe(DnsDefect.ImpossibleCount);
        Defect(new AnswerWriter(Id, Host, 1).Count(10, 1)).ShouldBe(DnsDefect.ImpossibleCount);
    }

    [Fact]
    public void Content_of_the_wrong_length_is_refused()
    {
        Defect(new AnswerWriter(Id, Host, 1).Record(6, Host, 1, 60, [1, 2, 3])).ShouldBe(DnsDefect.BadRecord);
        Defect(new AnswerWriter(Id, Host, 1).Record(6, Host, 1, 60, [1, 2, 3, 4, 5])).ShouldBe(DnsDefect.BadRecord);
        Defect(new AnswerWriter(Id, Host, 1).Record(6, Host, 28, 60, new byte[4])).ShouldBe(DnsDefect.BadRecord);
        byte[] alias = [.. AnswerWriter.NameOctets("a.test"), 0];
        Defect(new AnswerWriter(Id, Host, 1).Record(6, Host, 5, 60, alias)).ShouldBe(DnsDefect.BadRecord);
        Defect(new AnswerWriter(Id, Host, 1).Record(6, Host, 33, 60, [0, 0])).ShouldBe(DnsDefect.CutShort);
    }

    [Fact]
    public void Content_that_runs_into_the_next_record_is_refused() => Defect(new AnswerWriter(Id, Host, 1)
            .Record(6, Host, 33, 60, [0, 1, 0, 1, 0, 80])
        .Address(Host, "192.0.2.1")).ShouldBe(DnsDefect.BadRecord);

    [Fact]
    public void A_second_or_owned_edns_record_is_refused()
    {
        Defect(new AnswerWriter(Id, Host, 1).Edns().Edns()).ShouldBe(DnsDefect.BadEdns);
        Defect(new AnswerWriter(Id, Host, 1).Record(10, "a.test", 41, 0, [], kind: 1232)).ShouldBe(DnsDefect.BadEdns);
        Defect(new AnswerWriter(Id, Host, 1).Record(6, "", 41, 0, [], kind: 1232)).ShouldBe(DnsDefect.BadEdns);
    }

    [Fact]
    public void Octets_behind_the_last_record_are_refused() =>
        Defect(new AnswerWriter(Id, Host, 1).Address(Host, "192.0.2.1").Raw(0)).ShouldBe(DnsDefect.TrailingOctets);

    [Fact]
    public void A_message_cut_at_any_octet_is_refused()
    {
        byte[] whole = new AnswerWriter(Id, Host, 1)
            .Alias(Host, "b.test")
            .Address("b.test", "192.0.2.1")
            .Zone("test", 1, 1)
            .Edns()
            .ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            DnsDefect defect = DnsMessage.TryRead(whole.AsSpan(0, length), Id, _question, out DnsMessage? message);
            defect.ShouldNotBe(DnsDefect.None, $"cut at {length}");
            message.ShouldBeNull();
        }
    }

    private static AnswerWriter WithOwner(params byte[] owner) =>
        new AnswerWriter(Id, Host, 1).Count(6, 1).Raw([.. owner, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1]);

    private static DnsMessage Read(AnswerWriter writer) => Read(writer, _question);

    private static DnsMessage Read(AnswerWriter writer, DnsQuestion question)
    {
        DnsMessage.TryRead(writer.ToArray(), Id, question, out DnsMessage? message).ShouldBe(DnsDefect.None);
        return message.ShouldNotBeNull();
    }

    private static DnsDefect Defect(AnswerWriter writer)
    {
        DnsDefect defect = DnsMessage.TryRead(writer.ToArray(), Id, _question, out DnsMessage? message);
        (message is null).ShouldBe(defect != DnsDefect.None);
        return defect;
    }
}
