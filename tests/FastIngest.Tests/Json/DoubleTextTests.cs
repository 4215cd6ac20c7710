using System.Text;
using FastIngest.Json;

namespace FastIngest.Tests.Json;

public class DoubleTextTests
{
    /// <summary>The bits of a double, and the output of Python 3's <c>repr</c> for it.</summary>
    public static TheoryData<ulong, string> PythonReprs => new()
    {
        { 0x0000000000000000, "0.0" },
        { 0x8000000000000000, "-0.0" },
        { 0x3FF0000000000000, "1.0" },
        { 0xBFF0000000000000, "-1.0" },
        { 0x4049000000000000, "50.0" },
        { 0x3FB999999999999A, "0.1" },
        { 0x3FC999999999999A, "0.2" },
        { 0x3FD3333333333333, "0.3" },
        { 0x405545D1745D1746, "85.0909090909091" },
        { 0x3EE4F8B588E368F1, "1e-05" },
        { 0x3F19F3C70C996B76, "9.9e-05" },
        { 0x3F1A36E2EB1C432D, "0.0001" },
        { 0x3F1F75104D551D69, "0.00012" },
        { 0x3F201F31F46ED246, "0.000123" },
        { 0x3F50624DD2F1A9FC, "0.001" },
        { 0x3EB0C6F7A0B5ED8D, "1e-06" },
        { 0x3EC4F8B588E368F1, "2.5e-06" },
        { 0x40FE240C9FCB0C02, "123456.789012" },
        { 0x41CDCD64FFFFFFF8, "999999999.999999" },
        { 0xC1CDCD64FFFFFFF8, "-999999999.999999" },
        { 0x41CDCD6500000008, "1000000000.000001" },
        { 0x42D6BCC41E900000, "100000000000000.0" },
        { 0x430C6BF52633FFF8, "999999999999999.0" },
        { 0x430C6BF526340000, "1000000000000000.0" },
        { 0x4340000000000000, "9007199254740992.0" },
        { 0x4340000000000000, "9007199254740992.0" },
        { 0x4341C37937E07FFF, "9999999999999998.0" },
        { 0x4341C37937E08000, "1e+16" },
        { 0x4345EE2A2EB5A5C4, "1.2345678901234568e+16" },
        { 0x4376345785D8A000, "1e+17" },
        { 0x444B1AE4D6E2EF50, "1e+21" },
        { 0x4480F0CF064DD592, "1e+22" },
        { 0x44B52D02C7E14AF6, "1e+23" },
        { 0x437B69B4BA630F35, "1.2345678901234568e+17" },
        { 0x42A05EF39B200000, "9000000000000.0" },
        { 0x42A05EF39B200000, "9000000000000.0" },
        { 0x42A05EF39B200000, "9000000000000.0" },
        { 0x0000000000000001, "5e-324" },
        { 0x0010000000000000, "2.2250738585072014e-308" },
        { 0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308" },
        { 0xFFEFFFFFFFFFFFFF, "-1.7976931348623157e+308" },
        { 0x54B249AD2594C37D, "1e+100" },
        { 0x2B2BFF2EE48E0530, "1e-100" },
        { 0x400921FB54442D18, "3.141592653589793" },
        { 0x4005BF0A8B145769, "2.718281828459045" },
        { 0x3FBF9ADBB8F8DA72, "0.1234567" },
        { 0x3FBF9ADD3746F65E, "0.12345678901234566" },
        { 0x4011666666666666, "4.35" },
        { 0x4011666666666665, "4.349999999999999" },
        { 0x4050000000000000, "64.0" },
        { 0x404F400000000000, "62.5" },
        { 0x3FD5555555555555, "0.3333333333333333" },
        { 0x3FE5555555555555, "0.6666666666666666" },
        { 0x4056033333333333, "88.05" },
        { 0x4052155555555553, "72.3333333333333" },
        { 0x3E7AD7F29ABCAF48, "1e-07" },
        { 0x3EE9CB8320B15070, "1.23e-05" },
        { 0x3EE9E407F6F7473A, "1.234567e-05" },
        { 0x434AA535D3D0C000, "1.5e+16" },
        { 0x4330000000000002, "4503599627370498.0" },
        { 0x4320000000000000, "2251799813685248.0" },
        { 0x3FE0000000000000, "0.5" },
        { 0x3FD0000000000000, "0.25" },
        { 0x40F86A0000000000, "100000.0" },
        { 0x412E848000000000, "1000000.0" },
        { 0x41678C29C0000000, "12345678.0" },
        { 0x4040AAAAAAAAAAAB, "33.333333333333336" },
        { 0x4050AAAAAAAAAAAB, "66.66666666666667" },
        { 0x8124DB51564A954F, "-3.80172041203305e-303" },
        { 0xFFA2C349049C0A73, "-6.587854672713532e+306" },
        { 0x084F0B9CC94FED97, "1.1753050349962701e-268" },
        { 0xCCCC54476DEC9E89, "-9.104658645722857e+61" },
        { 0x95FCDB18E568868A, "-9.203579802297448e-203" },
        { 0x100B591EB7F655F5, "2.2019167694648753e-231" },
        { 0x38B43BFD85297D9C, "1.5222623376031428e-35" },
        { 0x30500B4AFBFCB6C7, "5.542386539762166e-76" },
        { 0x8207C7766B9913CF, "-7.101509192842547e-299" },
        { 0xA7FCA2FA8D8C11A0, "-4.542382228489371e-116" },
        { 0xB77A477A3559C650, "-1.885440743312603e-41" },
        { 0x0D42ACF671DD59C7, "8.547299493499389e-245" },
        { 0xDDDEA745C3FDBE95, "-1.495191138853941e+144" },
        { 0x760B55C16BEFE77D, "4.20286140638477e+260" },
        { 0x82C8E3F636C9C4AA, "-3.044720692071254e-295" },
        { 0x7BE179DDBC28F690, "5.3221716918415e+288" },
        { 0x84A1487CDFD55AF2, "-2.2700591203378315e-286" },
        { 0xB2D7C6079A353122, "-9.029735513816171e-64" },
        { 0xA7289A7F3B5BF7E5, "-4.7639665148374087e-120" },
        { 0x7187B4B71ADF0C9F, "7.71833055519074e+238" },
        { 0xE705F525D18674FC, "-1.9107872779283024e+188" },
        { 0x4C16FBE39921A5B8, "3.606813496109555e+58" },
        { 0x749F08FE44259593, "5.688397441766577e+253" },
        { 0x619BFC520BFA1489, "1.573811538311551e+162" },
        { 0xC97CDB745F46C839, "-1.0296608889226514e+46" },
        { 0x48821A7E22EDCD75, "1.9712951905005e+41" },
        { 0x3388569815DD13EC, "1.893216902952524e-60" },
        { 0x02FE0ACB5916EA5A, "2.939919787561583e-294" },
        { 0x7243FD5EEF8A304A, "2.665836143497692e+242" },
        { 0x8FE0E8C9B86D379E, "-3.4036092906788286e-232" },
        { 0xA0791B8BA0C9BF95, "-2.9961764889934305e-152" },
        { 0x4C0635CF9F5F72E4, "1.7426960085835302e+58" },
        { 0xB016F8EDE3B8DE44, "-4.959833624562903e-77" },
        { 0x12CBFA9A1C6862C9, "3.96299939814012e-218" },
        { 0x5462BA2AFDB0B7BC, "3.200087673124477e+98" },
        { 0xA033CCDF02138582, "-1.4767721865628042e-153" },
        { 0x8DC366D8B8C49CA3, "-2.2731823654607836e-242" },
        { 0x9387834B4C002955, "-1.3641392353300655e-214" },
        { 0x1A3CBED9395DC4BE, "2.706029550256648e-182" },
        { 0xA3D9614EF9F2BD92, "-5.456014193136775e-136" },
        { 0xD9DA4D385887D56C, "-6.9547427138413e+124" },
        { 0x32990A4EE72774C9, "5.944288664378822e-65" },
        { 0x3FE90CE703AFB7E9, "0.782825" },
        { 0x4156DB0E7C17225B, "5991481.938912" },
        { 0x4193A5ABD5B437C5, "82406133.425994" },
        { 0x3EDD5C31593E5FB7, "7e-06" },
        { 0x3FB6174C4CDFACA3, "0.086293" },
        { 0x40C758259A847B24, "11952.293778" },
        { 0x4086621E7B80A9DF, "716.264884" },
        { 0x40EF0FA400713F07, "63613.125054" },
        { 0x41AB16494A2321A3, "227222693.068616" },
        { 0x40B227A8A03C4B0A, "4647.658695" },
        { 0x422F28B18C812CAC, "66913355328.58725" },
        { 0x416221EE0E28DEB1, "9506672.442489" },
        { 0x426F18D587168647, "1068485064884.1962" },
        { 0x4153EF6F04B6ED67, "5225916.073665" },
        { 0x41246F60BE00F345, "669616.371101" },
        { 0x42027203FF451487, "9902784488.635023" },
        { 0x3F7FADAFD113836B, "0.007734" },
        { 0x423621A2F1F5A34E, "95053607413.63791" },
        { 0x425FCD4E411D29F5, "546353775732.6556" },
        { 0x3FDB1950331E3A7E, "0.42342" },
        { 0x3F4C58255B035BD5, "0.000865" },
        { 0x3F9AFE60C38F3669, "0.026361" },
        { 0x3F662CFD8F0C77DE, "0.002707" },
        { 0x4233C215650DAC34, "84860560653.67267" },
        { 0x3FEAC988094E5D5B, "0.837101" },
        { 0x42301547E266FB24, "69076509286.98102" },
        { 0x417D836F0AE4A05E, "30947056.680817" },
        { 0x41B71AFB0FAAAF9B, "387644175.666742" },
        { 0x3F6E215336DEB95E, "0.003678" },
        { 0x3F4101B003686A4D, "0.000519" },
        { 0x413BD53E285C0543, "1824062.1576541222" },
        { 0x41018261472A4928, "143436.15974862245" },
        { 0x41537B0E38034ECC, "5106744.875201892" },
        { 0x4118D9255CA8FD10, "407113.34048839007" },
        { 0x41302EEE047A4DAC, "1060590.0174912019" },
        { 0x40F685FD27BF9650, "92255.82220419613" },
        { 0x4131F73B8D862B05, "1177403.552828492" },
        { 0x412B1AD7B65F2CEA, "888171.856194881" },
        { 0x41325A0E4B7B2DC1, "1202702.2948483082" },
        { 0x412235565984136C, "596651.1748357839" },
        { 0x410F7D03956FAB62, "257952.44796689885" },
        { 0x412C7F409DC72485, "933792.3081599629" },
        { 0x413785B6248DFADE, "1541558.142791442" },
        { 0x414097E35FC2D0A3, "2174918.7481327816" },
        { 0x412757C2ED5E8BD2, "764897.463611955" },
        { 0x413E2AD67D3527C7, "1977046.4890923367" },
        { 0x4127C844D0D94BC9, "779298.4079078372" },
        { 0x411F9722CD00FC2D, "517576.7001990702" },
        { 0x40F41E689747D624, "82406.53693374299" },
        { 0x4113C4FCEA020C24, "323903.2285234353" },
    };

    [Theory]
    [MemberData(nameof(PythonReprs))]
    public void A_double_prints_as_in_Python(ulong bits, string expected) =>
        Assert.Equal(expected, Text(BitConverter.UInt64BitsToDouble(bits)));

    [Fact]
    public void Every_text_reads_back_as_the_same_double_and_is_no_longer_than_the_runtimes()
    {
        Random random = new(7);
        for (int i = 0; i < 200_000; i++)
        {
            double value = (i % 3) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => random.NextInt64(-1_000_000_000_000_000, 1_000_000_000_000_000) / 1e6,
                _ => random.NextInt64(1_000_000_000) / (double)random.NextInt64(1, 1_000),
            };
            if (!double.IsFinite(value))
            {
                continue;
            }

            string text = Text(value);
            Assert.Equal(value, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(SignificantDigits(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)), SignificantDigits(text));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_JSON_cannot_represent_is_rejected(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Text(value));

    [Fact]
    public void Micros_print_as_the_double_nearest_to_them()
    {
        Random random = new(8);
        long[] edges = [0, 1, -1, 99, 100, -99, -100, 999_999_999_999_999, 1_000_000_000_000_000, -1_000_000_000_000_000, long.MaxValue, long.MinValue];
        Span<byte> destination = stackalloc byte[DoubleText.MaxBytes];
        for (int i = 0; i < 100_000; i++)
        {
            long micros = i < edges.Length ? edges[i] : random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            string text = Encoding.ASCII.GetString(destination[..DoubleText.WriteMicros(destination, micros)]);
            Assert.Equal(Text(ExactDouble.FromMicros((Int128)micros)), text);
        }
    }

    private static string SignificantDigits(string text) =>
        new string(text.ToLowerInvariant().Split('e')[0].Where(char.IsAsciiDigit).ToArray()).Trim('0');

    private static string Text(double value)
    {
        Span<byte> destination = stackalloc byte[DoubleText.MaxBytes];
        return Encoding.ASCII.GetString(destination[..DoubleText.Write(destination, value)]);
    }
}
