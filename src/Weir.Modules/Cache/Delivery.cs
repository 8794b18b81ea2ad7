// Hot: makes the answer of every hit.
using System.Buffers.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;
using Weir.Http.Fields;

namespace Weir.Modules.Cache;

/// <summary>Answers a request with a response that it selected: whole, a part, 304 or 416 (RFC 9110 sections 13 to 15).</summary>
internal static class Delivery
{
    // In place of a length.
    private const long SeveralParts = -1;

    private static readonly ulong _special = Preconditions.OfCaches | HeaderFields.Mask(KnownField.Range);

    /// <summary>Answers from the store. The hold on the entry goes over to the exchange, or is given back.</summary>
    public static void Serve(
        Exchange exchange, MemoryStore store, CacheLoop loop, int slot, in StoredEntry entry, ref CacheStatus status, long nowSeconds,
        DiskHit? hit = null)
    {
        ResponseHead head = exchange.Response;
        head.Clear();
        exchange.ResponseBody = BodyReader.Empty;
        entry.LoadHead(head);
        StoredFreshness freshness = entry.Freshness;
        SetAge(head.Fields, freshness.AgeAt(nowSeconds));
        status.HasTimeToLive = true;
        status.TimeToLiveSeconds = freshness.TimeToLiveAt(nowSeconds);
        loop.Tally.Count(status);
        status.AppendTo(head.Fields);

        long start = 0;
        long length = entry.BodyOctets;
        RequestHead request = exchange.Request;
        if (entry.Status == 200 && request.Fields.HasAny(_special))
        {
            Choose(request, head, entry, entry.BodyOctets, nowSeconds, ref start, ref length);
        }

        if (length == 0 || request.Method == RequestMethod.Head)
        {
            store.Release(exchange.Loop.Index, entry);
            hit?.Close();
            return;
        }

        if (entry.IsBodyElsewhere)
        {
            ServeFromDisk(exchange, store, slot, entry, start, length, hit);
            return;
        }

        if (length == SeveralParts)
        {
            PartsBody.Serve(exchange, store, entry);
            return;
        }

        HitBody body = loop.Rent();
        body.Open(exchange, store, loop.Readers, entry, start, length);
        exchange.ResponseBody = body;
        exchange.Slot(slot) = body;
    }

    // RFC 9110 section 14.2: several parts may be given as the whole.
    private static void ServeFromDisk(
        Exchange exchange, MemoryStore store, int slot, in StoredEntry entry, long start, long length, DiskHit? hit)
    {
        hit ??= new DiskHit(store.Disk!, exchange.Loop, entry);
        if (length != SeveralParts)
        {
            hit.Choose(start, length);
        }

        store.Release(exchange.Loop.Index, entry);
        exchange.ResponseBody = hit;
        exchange.Slot(slot) = hit;
    }

    /// <summary>Answers with a response that is arriving.</summary>
    public static void Pass(Exchange exchange, ResponseHead arriving, FollowedBody content, in CacheStatus status)
    {
        ResponseHead head = exchange.Response;
        head.Clear();
        exchange.ResponseBody = BodyReader.Empty;
        head.Status = arriving.Status;
        head.Version = arriving.Version;
        head.BodyLength = arriving.BodyLength;
        arriving.Fields.CopyTo(head.Fields);
        status.AppendTo(head.Fields);
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        if (head.Status == 200 && exchange.Request.Fields.HasAny(Preconditions.OfCaches)
            && Preconditions.IsNotModified(exchange.Request.Fields, TagOf(head), ModifiedOf(head, nowSeconds), nowSeconds))
        {
            NotModified.MakeFrom(head);
            return;
        }

        if (!head.BodyLength.IsNone && exchange.Request.Method != RequestMethod.Head)
        {
            exchange.ResponseBody = content is ArrivingBody stored ? stored.OpenReader(exchange) : content.OpenReader(exchange.Loop);
        }
    }

    /// <summary>RFC 9111 section 4: who joins later gets a response that has grown older since its head came.</summary>
    public static void AgeSince(Exchange exchange, long responseTimeSeconds)
    {
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        if (responseTimeSeconds <= 0 || nowSeconds <= responseTimeSeconds)
        {
            return;
        }

        HeaderFields fields = exchange.Response.Fields;
        long initialAge = AgeRules.CorrectedInitialAge(fields, responseTimeSeconds, responseTimeSeconds);
        fields.Remove(KnownField.Age);
        SetAge(fields, DeltaSeconds.Add(initialAge, nowSeconds - responseTimeSeconds));
    }

    /// <summary>
    /// Answers a request for a range with content that arrives: all of it, or a part that has to hold the range's beginning. False: it
    /// cannot.
    /// </summary>
    public static bool TryPassPart(Exchange exchange, ResponseHead arriving, FollowedBody content, in CacheStatus status)
    {
        HeaderFields asked = exchange.Request.Fields;
        ByteRange there = default;
        long octets = arriving.BodyLength.IsKnown ? arriving.BodyLength.Octets : 0;
        bool isPart = arriving.Status == 206 && ContentRange.TryRead(arriving.Fields, out there, out octets);
        there = isPart ? there : new ByteRange(0, octets);
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        ReadOnlySpan<byte> lastModified = arriving.Fields.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> text) ? text : default;
        bool isChosen = (isPart || arriving.Status == 200) && octets > 0 && !asked.HasAny(Preconditions.OfCaches)
            && Preconditions.IsRangeFor(asked, TagOf(arriving), lastModified, DateOf(arriving, nowSeconds))
            && RangeSet.Read(asked, octets, parts, out int count) == RangeOutcome.Parts && count == 1
            && parts[0].Start >= there.Start && parts[0].Start < there.End;
        if (!isChosen)
        {
            return false;
        }

        ByteRange part = new(parts[0].Start, Math.Min(parts[0].End, there.End) - parts[0].Start);
        Pass(exchange, arriving, content, status);
        ResponseHead head = exchange.Response;
        Span<byte> value = stackalloc byte[ContentRange.MostOctets];
        head.Status = 206;
        head.BodyLength = BodyLength.Of(part.Length);
        head.Fields.Remove(KnownField.ContentLength);
        head.Fields.Set(KnownField.ContentRange, value[..ContentRange.Write(part, octets, value)]);
        PartBody body = new(exchange.ResponseBody, part with { Start = part.Start - there.Start });
        exchange.ResponseBody = body;
        exchange.ReleaseAtEnd(body);
        return true;
    }

    /// <summary>Loads a stored head of what is kept in slices, as a 200 with all its octets.</summary>
    public static void LoadSliced(Exchange exchange, in StoredEntry entry, long octets, long nowSeconds)
    {
        ResponseHead head = exchange.Response;
        head.Clear();
        exchange.ResponseBody = BodyReader.Empty;
        entry.LoadHead(head);
        head.BodyLength = BodyLength.Of(octets);
        SetAge(head.Fields, entry.Freshness.AgeAt(nowSeconds));
    }

    /// <summary>Makes of a loaded 200 what a request's conditions and range ask for. False: several parts are asked for.</summary>
    public static bool TryChoose(Exchange exchange, in StoredEntry entry, long octets, long nowSeconds, out ByteRange chosen)
    {
        long start = 0;
        long length = octets;
        if (exchange.Request.Fields.HasAny(_special))
        {
            Choose(exchange.Request, exchange.Response, entry, octets, nowSeconds, ref start, ref length);
        }

        chosen = new ByteRange(start, Math.Max(length, 0));
        return length != SeveralParts;
    }

    /// <summary>When a response changed last: Last-Modified, else Date, else now.</summary>
    public static long ModifiedOf(ResponseHead head, long nowSeconds)
    {
        return head.Fields.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> text)
            && HttpDate.TryParse(text, nowSeconds, out long modified)
            ? modified
            : DateOf(head, nowSeconds);
    }

    /// <summary>When a response was made: Date, else now.</summary>
    public static long DateOf(ResponseHead head, long nowSeconds) =>
        head.Fields.TryGet(KnownField.Date, out ReadOnlySpan<byte> text) && HttpDate.TryParse(text, nowSeconds, out long date)
            ? date
            : nowSeconds;

    private static ReadOnlySpan<byte> TagOf(ResponseHead head) =>
        head.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag) ? tag : default;

    private static void SetAge(HeaderFields fields, long seconds)
    {
        Span<byte> room = fields.Reserve(20);
        Utf8Formatter.TryFormat(seconds, room, out int written);
        fields.AddStored(KnownField.Age, fields.Commit(written));
    }

    private static void Choose(
        RequestHead request, ResponseHead head, in StoredEntry entry, long octets, long nowSeconds, ref long start, ref long length)
    {
        if (request.Fields.HasAny(Preconditions.OfCaches))
        {
            // RFC 9110 section 13.2.2: conditions come before ranges.
            if (Preconditions.IsNotModified(request.Fields, TagOf(head), entry.ModifiedSeconds, nowSeconds))
            {
                NotModified.MakeFrom(head);
                length = 0;
                return;
            }
        }

        if (request.Method != RequestMethod.Get || !request.Fields.Has(KnownField.Range))
        {
            return;
        }

        ReadOnlySpan<byte> lastModified = head.Fields.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> text) ? text : default;
        if (Preconditions.IsRangeFor(request.Fields, TagOf(head), lastModified, entry.DateSeconds))
        {
            ChooseRange(request, head, octets, ref start, ref length);
        }
    }

    private static void ChooseRange(RequestHead request, ResponseHead head, long octets, ref long start, ref long length)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        Span<byte> value = stackalloc byte[ContentRange.MostOctets];
        RangeOutcome outcome = RangeSet.Read(request.Fields, octets, parts, out int count);
        if (outcome == RangeOutcome.Unsatisfiable)
        {
            head.Status = 416;
            head.BodyLength = BodyLength.None;
            head.Fields.Remove(KnownField.ContentType);
            head.Fields.Remove(KnownField.ContentEncoding);
            head.Fields.Set(KnownField.ContentRange, value[..ContentRange.WriteUnsatisfied(octets, value)]);
            length = 0;
            return;
        }

        if (outcome != RangeOutcome.Parts)
        {
            return;
        }

        if (count > 1)
        {
            length = SeveralParts;
            return;
        }

        head.Status = 206;
        start = parts[0].Start;
        length = parts[0].Length;
        head.BodyLength = BodyLength.Of(length);
        head.Fields.Set(KnownField.ContentRange, value[..ContentRange.Write(parts[0], octets, value)]);
    }
}
