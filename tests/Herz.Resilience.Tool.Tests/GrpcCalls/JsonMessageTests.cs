using System.Text;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

public sealed class JsonMessageTests
{
    // Parsed from bytes as received from a server; the encoder does not use the compiled classes.
    private static readonly DescriptorPool s_pool = Descriptors.Pool();

    private static byte[] Encode(string json, string method = "Unary") =>
        new JsonMessage("the body").Encode(Encoding.UTF8.GetBytes(json), s_pool.RequestOf(new GrpcMethod("herz.test.Calls", method)));

    private static Everything Echo(string json) => Everything.Parser.ParseFrom(Encode(json));

    [Fact]
    public void Encode_JsonOfTheReferenceFormatter_RoundTrips()
    {
        var inner = Gen.Select(Gen.String, Gen.String).Select((a, b) => new Inner { Name = Clean(a), Deeper = new Inner { Name = Clean(b) } });
        var scalars = Gen.Select(Gen.Double, Gen.Float, Gen.Int, Gen.Long, Gen.UInt, Gen.ULong).Select(v => new Everything
        {
            ADouble = v.Item1, AFloat = v.Item2, AnInt32 = v.Item3, AnInt64 = v.Item4, AUint32 = v.Item5, AUint64 = v.Item6,
            ASint32 = v.Item3, ASint64 = v.Item4, AFixed32 = v.Item5, AFixed64 = v.Item6, ASfixed32 = v.Item3, ASfixed64 = v.Item4,
        });
        var lists = Gen.Select(Gen.Long.Array[0, 5], Gen.String.Array[0, 3], inner.Array[0, 3], Gen.Int.Array[0, 3], Gen.Double.Array[0, 3], Gen.Byte.Array[0, 20]);
        Gen.Select(scalars, inner, lists, Gen.Int[0, 3]).Sample(v =>
        {
            var (message, nested, (longs, texts, inners, numbers, doubles, bytes), choice) = v;
            message.ABool = choice == 1;
            message.AString = Clean(string.Concat(texts));
            message.SomeBytes = ByteString.CopyFrom(bytes);
            message.Colour = choice == 2 ? Colour.Blue : (Colour)choice;
            message.Inner = nested;
            message.Numbers.Add(longs);
            message.Words.Add(texts.Select(Clean));
            message.Inners.Add(inners);
            message.Colours.Add(numbers.Select(n => (Colour)n));
            message.Loose.Add(doubles);
            foreach (var (index, number) in numbers.Index())
            {
                message.Counts[$"k {index} \"é"] = number;
                message.ByNumber[number] = nested;
                message.ByBool[index % 2 == 0] = "x";
            }

            switch (choice)
            {
                case 1: message.Word = ""; break;
                case 2: message.Chosen = nested; break;
                case 3: message.Number = 0; message.Maybe = 0; break;
                default: break;
            }

            Assert.Equal(message, Echo(JsonFormatter.Default.Format(message)));
        });
    }

    [Fact]
    public void Encode_WellKnownTypes_RoundTrip()
    {
        var message = new Everything
        {
            At = new Timestamp { Seconds = 1_700_000_000, Nanos = 5000 },
            Lasts = new Duration { Seconds = -3, Nanos = -500_000_000 },
            Wrapped = long.MinValue,
            Free = new Struct { Fields = { ["a"] = Value.ForNumber(1), ["b"] = Value.ForList(Value.ForNull(), Value.ForBool(true)) } },
            AnyJson = Value.ForNull(),
            Mask = new FieldMask { Paths = { "a_string", "inner.name" } },
        };

        Assert.Equal(message, Echo(JsonFormatter.Default.Format(message)));
    }

    [Theory]
    [InlineData("""{"an_int64": 5, "aUint64": "6", "anInt32": 1.0e1}""", """{"anInt64": "5", "aUint64": "6", "anInt32": 10}""")]
    [InlineData("""{"someBytes": "-_8"}""", """{"someBytes": "+/8="}""")]
    [InlineData("""{"aDouble": "NaN", "aFloat": "-Infinity"}""", """{"aDouble": "NaN", "aFloat": "-Infinity"}""")]
    [InlineData("""{"colour": 5, "words": null, "inner": null, "word": null, "number": 3}""", """{"colour": 5, "number": 3}""")]
    [InlineData("""{"colours": ["RED", -7], "loose": ["1.5"]}""", """{"colours": ["RED", "BLUE"], "loose": [1.5]}""")]
    [InlineData("""{"counts": {"true": 1}, "byBool": {"true": "x"}}""", """{"counts": {"true": 1}, "byBool": {"true": "x"}}""")]
    [InlineData("", "{}")]
    public void Encode_OtherSpellings_AreAccepted(string json, string reference) =>
        Assert.Equal(JsonParser.Default.Parse<Everything>(reference), Echo(json));

    [Fact]
    public void Encode_Proto2_KeepsGroupsAndUnpackedLists()
    {
        var message = Legacy.Parser.ParseFrom(Encode("""{"name": "n", "numbers": [1, 2], "part": {"size": 4}}""", "Old"));

        Assert.Equal(new Legacy { Name = "n", Numbers = { 1, 2 }, Part = new Legacy.Types.Part { Size = 4 } }, message);
    }

    [Theory]
    [InlineData("""{"anInt32": 2147483648}""", "field anInt32: 2147483648 cannot be a number of type int32, or is out of its range")]
    [InlineData("""{"anInt32": 1.5}""", "field anInt32: 1.5 cannot be")]
    [InlineData("""{"aUint32": -1}""", "field aUint32: -1 cannot be")]
    [InlineData("""{"aFloat": 1e39}""", "field aFloat: 1e39 cannot be")]
    [InlineData("""{"aBool": "yes"}""", "field aBool: \"yes\" cannot be a bool")]
    [InlineData("""{"aString": 5}""", "field aString: 5 cannot be a string")]
    [InlineData("""{"aString": "\ud800"}""", "field aString: ")]
    [InlineData("""{"someBytes": "!"}""", "field someBytes: \"!\" cannot be bytes; they must be a base64 string")]
    [InlineData("""{"colour": "GREEN"}""", "it must be one of NONE, RED, BLUE, or a number")]
    [InlineData("""{"inner": {"deeper": {"nme": "x"}}}""", "field inner.deeper.nme: herz.test.Inner has no such field; its fields are deeper, name")]
    [InlineData("""{"inners": [{}, {"name": 1}]}""", "field inners[1].name: 1 cannot be a string")]
    [InlineData("""{"inners": [null]}""", "field inners[0]: null cannot be an element")]
    [InlineData("""{"words": "x"}""", "field words: String cannot be a repeated field; it must be an array")]
    [InlineData("""{"counts": {"a": "b"}}""", "field counts[a]: \"b\" cannot be a number")]
    [InlineData("""{"byNumber": {"x": {}}}""", "field byNumber[x]: \"x\" cannot be a number")]
    [InlineData("""{"word": "a", "number": 1}""", "field number: only one field of the oneof choice is allowed, but word is present too")]
    [InlineData("""{"anInt32": 1, "an_int32": 2}""", "field an_int32: the field occurs twice")]
    [InlineData("""{"at": "yesterday"}""", "field at: \"yesterday\" cannot be a google.protobuf.Timestamp")]
    [InlineData("""{"any": {"@type": "x"}}""", "field any: google.protobuf.Any is not supported")]
    [InlineData("[]", "the body: Array cannot be a herz.test.Everything; it must be an object")]
    [InlineData("{", "the body is not JSON: line 1")]
    public void Encode_InvalidValue_NamesTheField(string json, string expected)
    {
        var error = Assert.Throws<UsageException>(() => Encode(json));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Encode_MissingRequiredField_NamesIt()
    {
        var error = Assert.Throws<UsageException>(() => Encode("""{"name": "n", "part": {}}""", "Old"));

        Assert.Contains("field part.size: herz.test.Legacy.Part requires this field", error.Message, StringComparison.Ordinal);
    }

    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
}
